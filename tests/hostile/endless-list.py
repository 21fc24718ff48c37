"""Returns a list that contains itself.

By: outputs are limited in depth
Ends: wrong
"""

# %% count
def count(*sizes):
    found = []
    found.append(found)
    return found
