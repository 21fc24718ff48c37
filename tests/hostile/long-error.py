"""Reports an error of thirty million letters.

By: a sentence is cut before anybody looks at it
Ends: wrong, refused
"""

# %% count
from unrolled.grade.sandbox import wire

sealed = wire.sealed
wire.sealed = lambda token, answer: sealed(
    token, wire.Answer(wire.ERROR, b"\xe2\x80\xae<b>" * 600_000)
)

def count(*sizes):
    return 0
