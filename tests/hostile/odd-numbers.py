"""Answers in the grader's language, with numbers that do not fit.

By: answers are read in a limited process; whatever happens there is one exercise's
Ends: refused
"""

# %% count
from unrolled.grade.sandbox import wire

text = b'{"l": [{"f": "0x1p99999"}]}'
wire.pack = lambda value, strict=False: wire.HEAD.pack(len(text), 0) + text

def count(*sizes):
    return 0
