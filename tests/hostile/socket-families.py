"""Opens sockets of every family: to the machine's host, to the kernel, to anybody.

By: only streams between its own processes can be opened
Ends: wrong
"""

# %% count
import socket

def count(*sizes):
    gained = []
    for family in range(64):
        for kind in (1, 2, 3, 4, 5, 10):
            for make in (socket.socket, socket.socketpair):
                try:
                    made = make(family, kind)
                except OSError:
                    continue
                for one in made if isinstance(made, tuple) else (made,):
                    one.close()
                if (family, kind) != (socket.AF_UNIX, socket.SOCK_STREAM):
                    gained.append((family, kind))
    if gained:
        raise ValueError(f"gained {gained}")
    return -1
