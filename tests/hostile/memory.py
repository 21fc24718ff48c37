"""Takes all the memory.

By: addresses of a process are limited, memory of all together is watched
Ends: wrong, killed, timed out
"""

# %% count
def count(*sizes):
    kept = []
    while True:
        kept.append(bytearray(50_000_000))
