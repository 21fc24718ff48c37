"""Writes into the course, the package, the home and the system.

By: all that is mounted is read-only
Ends: wrong
"""

# %% count
import os

import unrolled

places = [os.path.dirname(unrolled.__file__), "{course}", "{out}", "/root", "/home"]
places += ["/etc", "/usr/bin", "/", "/dev", os.path.expanduser("~"), os.path.dirname(os.__file__)]
wrote = []
for place in places:
    try:
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "pwned"), "w") as file:
            file.write("x")
        wrote.append(place)
    except OSError:
        pass

def count(*sizes):
    return len([w for w in wrote if not w.startswith("/tmp")])
