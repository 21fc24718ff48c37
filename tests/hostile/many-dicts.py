"""Answers with a million empty dicts, each of which costs sixty times its two letters.

By: what could become a value is counted before the text is parsed
Ends: refused
"""

# %% count
from unrolled.grade.sandbox import wire

text = b'{"l": [' + b", ".join([b"{}"] * 1_000_000) + b"]}"
wire.pack = lambda value, strict=False: wire.HEAD.pack(len(text), 0) + text

def count(*sizes):
    return 0
