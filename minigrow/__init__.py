"""Neural networks that grow and shrink while they train, in NumPy, with every gradient derived by hand.

>>> from minigrow import isotropic
>>> isotropic.Network.create([64, 32, 32, 10], rng=0).widths
(64, 32, 32, 10)
"""

__version__ = "1.0.0rc1"
