"""Starts threads for ever.

By: threads count as processes; addresses are limited
Ends: killed, wrong, timed out
"""

# %% count
import threading, time

def count(*sizes):
    while True:
        threading.Thread(target=time.sleep, args=(60,)).start()
