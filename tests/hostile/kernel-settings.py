"""Writes settings of the kernel, which hold for the whole machine.

By: /proc is empty, and root is another user in there
Ends: wrong
"""

# %% count
import ctypes, os

def count(*sizes):
    libc = ctypes.CDLL(None)
    libc.mount(b"proc", b"/tmp", b"proc", 0, None)
    gained = [] if os.getuid() else ["root"]
    for top in ("/proc", "/tmp", "/sys"):
        for name in ("sys/kernel/core_pattern", "sysrq-trigger", "mtrr", "self/uid_map"):
            try:
                os.close(os.open(f"{top}/{name}", os.O_WRONLY))
                gained.append(name)
            except OSError:
                pass
    if gained:
        raise ValueError(f"gained {gained}")
    return -1
