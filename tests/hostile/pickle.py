"""Returns an object that runs code where it is unpickled.

By: nothing is pickled: numbers, text and arrays come out, by an own strict format
Ends: wrong
"""

# %% count
import os

class Bomb:
    def __reduce__(self):
        return os.system, ("touch {out}/pwned",)

def count(*sizes):
    return Bomb()
