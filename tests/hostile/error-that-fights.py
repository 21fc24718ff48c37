"""Raises an error that fails when it is looked at.

By: its text is asked for with care, in its own process
Ends: wrong, killed
"""

# %% count
class Fight(BaseException):
    def __str__(self):
        raise self

    __repr__ = __str__
    __traceback__ = property(__str__)

def count(*sizes):
    raise Fight
