"""One thread a process: with two processes on two cores, more is far slower."""

import os

ONE_THREAD = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
for _name in ONE_THREAD:
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")
