"""Answers with little that becomes much: masked arrays of gigabytes in a kilobyte.

By: what an answer takes up is added up before any of it is built
Ends: refused
"""

# %% count
from unrolled.grade.sandbox import wire

one = b'{"m": [4000, 4000]}'
text = b'{"l": [' + b", ".join([one] * 40) + b"]}"
wire.pack = lambda value, strict=False: wire.HEAD.pack(len(text), 0) + text

def count(*sizes):
    return 0
