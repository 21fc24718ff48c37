"""A filter of system calls: what no exercise needs is answered with an error.

It forbids what an ordinary container does (Docker's default profile, without any
privilege), and more: what holds memory outside of every process, what tells about the
machine, and all calls that are newer than this list, but for those named.
"""

import ctypes
import platform
import struct

# Numbers on (x86-64, ARM64); None where there is none.
DENIED = {
    # Other namespaces, mounts and roots
    "chroot": (161, 51),
    "mount": (165, 40),
    "pivot_root": (155, 41),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "umount2": (166, 39),
    "unshare": (272, 97),
    # Other processes
    "kcmp": (312, 272),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    # Memory that no process is seen to hold
    "io_setup": (206, 0),
    "memfd_create": (319, 279),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "semget": (64, 190),
    "shmget": (29, 194),
    "vmsplice": (278, 75),
    # What tells about the machine: its kernel, its load
    "lookup_dcookie": (212, 18),
    "perf_event_open": (298, 241),
    "sysfs": (139, None),
    "sysinfo": (99, 179),
    "syslog": (103, 116),
    "uname": (63, 160),
    "ustat": (136, None),
    # Files by handles, past the mounts
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # The machine itself
    "acct": (163, 89),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "finit_module": (313, 273),
    "get_kernel_syms": (177, None),
    "init_module": (175, 105),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "modify_ldt": (154, None),
    "nfsservctl": (180, 42),
    "query_module": (178, None),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "_sysctl": (156, None),
    "uselib": (134, None),
    "vhangup": (153, 58),
    # Kernel code that is rich in holes
    "add_key": (248, 217),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "personality": (135, 92),
    "remap_file_pages": (216, 234),
    "request_key": (249, 218),
    "seccomp": (317, 277),
    "userfaultfd": (323, 282),
    # Where memory lies
    "get_mempolicy": (239, 236),
    "mbind": (237, 235),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "set_mempolicy": (238, 237),
}
# Since 2019 a new call has one number everywhere. These are for everyday use.
NEW = {
    "close_range": 436,
    "openat2": 437,
    "faccessat2": 439,
    "epoll_pwait2": 441,
    "futex_waitv": 449,
    "fchmodat2": 452,
    "map_shadow_stack": 453,
    "futex_wake": 454,
    "futex_wait": 455,
    "futex_requeue": 456,
    "mseal": 462,
}
FIRST_NEW = (335, 295)  # all from here on are new
CLONE, SOCKET, PAIR, PRCTL = (56, 220), (41, 198), (53, 199), (157, 167)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
NAMESPACES = 0x7E020000  # flags of clone
SET_SECCOMP, AF_UNIX, STREAM = 22, 1, 1
X32 = 0x40000000  # these numbers would go round the list

LOAD, EQUAL, AT_LEAST, HAS, GIVE, AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, UNKNOWN, NO_FAMILY = (0x00050000 + n for n in (1, 38, 97))


def _argument(i: int) -> tuple[int, int, int, int]:
    return LOAD, 0, 0, 16 + 8 * i


def _give(value: int) -> tuple[int, int, int, int]:
    return GIVE, 0, 0, value


def program(machine: str) -> list[tuple[int, int, int, int]]:
    """Return the filter for a kind of processor: code, two jumps, operand."""
    column, architecture = MACHINES[machine]
    code = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), _give(KILL)]
    code += [(LOAD, 0, 0, 0), (AT_LEAST, 0, 1, X32), _give(DENY)]
    for number in NEW.values():
        code += [(EQUAL, 0, 1, number), _give(ALLOW)]
    # clone3, which hides its flags, is unknown here, and libc takes clone.
    code += [(AT_LEAST, 0, 1, FIRST_NEW[column]), _give(UNKNOWN)]
    for numbers in DENIED.values():
        if numbers[column] is not None:
            code += [(EQUAL, 0, 1, numbers[column]), _give(DENY)]
    # No namespaces: in one of its own a process has privileges again.
    code += [(EQUAL, 0, 4, CLONE[column]), _argument(0)]
    code += [(HAS, 0, 1, NAMESPACES), _give(DENY), _give(ALLOW)]
    code += [(EQUAL, 0, 4, PRCTL[column]), _argument(0)]
    code += [(EQUAL, 0, 1, SET_SECCOMP), _give(DENY), _give(ALLOW)]
    # Only streams between processes: others hold more than is counted (`memory`).
    code += [(EQUAL, 1, 0, SOCKET[column]), (EQUAL, 0, 6, PAIR[column])]
    code += [_argument(0), (EQUAL, 0, 3, AF_UNIX), _argument(1), (AND, 0, 0, 0xF)]
    code += [(EQUAL, 1, 0, STREAM), _give(NO_FAMILY), _give(ALLOW)]
    return code


def forbid(libc: ctypes.CDLL) -> None:
    """Hold this process, and those it starts, to the filter; cannot be undone.

    On another kind of processor it does nothing. Raises OSError.
    """
    if platform.machine() not in MACHINES:
        return
    code = program(platform.machine())
    raw = b"".join(struct.pack("=HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(raw, len(raw))
    pointer = ctypes.addressof(buffer)
    filled = ctypes.create_string_buffer(struct.pack("=HxxxxxxQ", len(code), pointer))
    if libc.prctl(SET_SECCOMP, 2, filled, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The filter of system calls was refused.")
