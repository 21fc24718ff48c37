"""Leaves threads behind that use up the processor.

By: they end with their process; failed exercises are run again alone
Ends: wrong
"""

# %% count
import threading

def spin():
    while True:
        pass

for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()

def count(*sizes):
    return 0
