"""Unrolled: the helper package of a course on recurrent neural networks.

Importing it imports neither PyTorch nor TensorFlow. A notebook chooses its track with
`from unrolled.backends import pytorch as ur` or `... import tensorflow as ur`.
"""

import os

from unrolled import threads

threads.wait_briefly(os.environ)

__version__ = "0.1.0"
