"""Calls a server on this machine and one elsewhere.

By: an own network namespace with nothing in it
Ends: wrong
"""

# %% count
import socket

def count(*sizes):
    for address in (("127.0.0.1", {port}), ("1.1.1.1", 53)):
        try:
            with socket.create_connection(address, timeout=1) as line:
                line.sendall(b"hello")
                return int(line.recv(100))
        except OSError:
            continue
    return -1
