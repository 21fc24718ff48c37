"""Answers with bytes that are no message.

By: messages are parsed strictly, with limits on size and depth
Ends: refused, killed
"""

# %% count
from unrolled.grade.sandbox import wire

wire.pack = lambda value, strict=False: b"\x00\x00\x00\x09\x00\x00\x00\x00[[[[[[[[["

def count(*sizes):
    return 0
