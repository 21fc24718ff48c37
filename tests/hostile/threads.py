"""Leaves a thread behind that ends the process later.

By: the exercises that this costs are run again alone
Ends: wrong, killed
"""

# %% count
import os, threading, time

def later():
    time.sleep(0.05)
    os._exit(0)

def count(*sizes):
    threading.Thread(target=later, daemon=True).start()
    return 0
