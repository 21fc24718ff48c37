"""Fails with text that reverses, hides, colors, links and calculates.

By: every report writes out what would act on its reader
Ends: wrong
"""

# %% count
def count(*sizes):
    raise ValueError(
        "=HYPERLINK('http://x') \u202etfel\u202c \x1b[2J\x1b[31m \u200b"
        "<script>alert(1)</script> <img src=x onerror=alert(1)> ]]> &lt; "
        "``` [click](javascript:alert(1)) | a | \x00 \ud800"
    )
