"""Unrolled: the helper package of a course on recurrent neural networks.

Importing it imports neither PyTorch nor TensorFlow. A notebook chooses its track with
`from unrolled.backends import pytorch as ur` or `... import tensorflow as ur`.
"""

__version__ = "0.1.0"
