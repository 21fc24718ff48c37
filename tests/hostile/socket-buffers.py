"""Fills the buffers of thousands of sockets, which no process is seen to hold.

By: a control group counts them, or else every socket counts with the most it can hold
Ends: killed
"""

# %% count
import os, socket, time

def fill():
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"\0{os.getpid()}")
    server.listen(4096)
    server.settimeout(0)
    kept = []
    while True:
        try:
            one = socket.socket(socket.AF_UNIX)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            one.settimeout(0)
            one.connect(f"\0{os.getpid()}")
            while True:
                one.send(b"x" * 65536)
        except BlockingIOError:
            one.close()  # what was sent waits on, with nobody's name on it
        except OSError:
            time.sleep(0.1)

def count(*sizes):
    for _ in range(16):
        if os.fork() == 0:
            fill()
    time.sleep(60)
