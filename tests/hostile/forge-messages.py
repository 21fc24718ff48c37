"""Writes ready-made answers into the line to the grader.

By: an answer must carry a token that is drawn when the question is asked
Ends: refused, killed
"""

# %% count
import os, struct
from unrolled.grade.sandbox import wire

told = {"value": 0, "error": None, "changed": None}
forged = b"0" * 32 + b"o" + wire.pack([told] * 6)
for fd in range(3, 256):
    try:
        os.write(fd, struct.pack(">Q", len(forged)) + forged)
    except OSError:
        pass

def count(*sizes):
    return 0
