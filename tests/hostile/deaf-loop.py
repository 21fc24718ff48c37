"""Never ends, and ignores every signal.

By: the process is killed from outside, which nothing can ignore
Ends: timed out
"""

# %% count
import signal, time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass

def count(*sizes):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
