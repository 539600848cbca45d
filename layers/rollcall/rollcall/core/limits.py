"""How much one user, one connection and one frame may be.

The figures are far above what a web phone needs, and low enough that one client costs next to nothing.
"""

CONNECTIONS_PER_USER = 20
"""Tabs and devices of one extension. One more ends the oldest: a user whose network breaks connections without a word
must not be locked out by the dead ones."""

WATCHES_PER_CONNECTION = 50

FRAMES_AT_ONCE = 60
"""So many may come in one burst, for instance to subscribe after a reconnect."""

MS_PER_FRAME = 1000
"""In the long run a connection may send one frame in so many milliseconds: 60 a minute."""

LARGEST_FRAME_BYTES = 4096
"""A subscription with the longest ids has less than 500."""
