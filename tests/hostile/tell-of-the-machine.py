"""Puts into its error what it can learn about the machine: mounts, kernel, load.

By: /proc is empty; calls that tell about the kernel and the load are forbidden
Ends: wrong
"""

# %% count
import ctypes, glob, os, platform, socket

def asked(ask):
    try:
        return ask()
    except OSError:
        return None

def count(*sizes):
    libc = ctypes.CDLL(None)
    gained = [p for p in ("mounts", "version", "loadavg", "self/mountinfo", "1/status")
              if os.path.exists(f"/proc/{p}")] + glob.glob("/sys/*")
    buffer = ctypes.create_string_buffer(4096)
    if libc.uname(buffer) == 0:
        gained.append(buffer.raw[:400].split(b"\0"))
    if libc.sysinfo(buffer) == 0:
        gained.append("load")
    gained += [asked(os.getloadavg), asked(socket.gethostname)]
    gained += [w for w in platform.uname() if w and w not in KNOWN]
    gained = [g for g in gained if g]
    if gained:
        raise ValueError(f"gained {gained}")
    return -1

KNOWN = ("Linux", "sandbox", "0", platform.machine())
