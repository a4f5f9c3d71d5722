"""A place on a page, which words, codes, fields and layers all have."""

import msgspec


class Box(msgspec.Struct, frozen=True):
    """A rectangle in pixels of its page image, origin at the top left."""

    x: int
    y: int
    width: int
    height: int
