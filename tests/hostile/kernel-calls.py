"""Calls what an ordinary container may not call: traces, modules, clocks, new mounts.

By: a filter of system calls; those that are newer than it are unknown
Ends: wrong
"""

# %% count
import ctypes, errno, os, platform

# Numbers on x86-64 and ARM64, arguments that would do no harm.
CALLS = {
    "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219),
    "add_key": (248, 217), "userfaultfd": (323, 282), "io_setup": (206, 0),
    "io_uring_setup": (425, 425), "pidfd_getfd": (438, 438), "fsopen": (430, 430),
    "memfd_secret": (447, 447), "landlock": (444, 444), "listmount": (458, 458),
    "kexec_load": (246, 104), "init_module": (175, 105), "syslog": (103, 116),
    "open_by_handle_at": (304, 265), "fanotify_init": (300, 262), "kcmp": (312, 272),
    "vmsplice": (278, 75), "personality": (135, 92), "semget": (64, 190),
    "mq_open": (240, 180), "seccomp": (317, 277), "clone3": (435, 435),
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51),
    "process_vm_readv": (310, 270), "ptrace": (101, 117), "acct": (163, 89),
}

def count(*sizes):
    libc = ctypes.CDLL(None, use_errno=True)
    column = ("x86_64", "aarch64").index(platform.machine())
    gained = []
    for name, numbers in CALLS.items():
        done = libc.syscall(numbers[column], 0, 0, 0, 0, 0, 0)
        if done >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            gained.append(name)
    if libc.prctl(22, 1, 0, 0, 0) >= 0 or ctypes.get_errno() != errno.EPERM:
        gained.append("a filter of its own")
    if gained:
        raise ValueError(f"gained {gained}")
    return -1
