"""Answers with a dict whose keys all have the same hash.

By: keys of such kinds are counted; few are allowed
Ends: refused
"""

# %% count
from unrolled.grade.sandbox import wire

prime = 2**61 - 1
pairs = ", ".join(f'[{{"i": "{i * prime}"}}, null]' for i in range(1, 60_000))
text = f'{{"l": [{{"d": [{pairs}]}}]}}'.encode()
wire.pack = lambda value, strict=False: wire.HEAD.pack(len(text), 0) + text

def count(*sizes):
    return 0
