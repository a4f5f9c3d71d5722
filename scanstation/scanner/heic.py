"""Photos as phones keep them (HEIC): the only importer of pillow-heif, and only when one comes.

libheif turns the picture the way the phone was held and refuses what exceeds its own limits.
"""

FORMAT = "HEIF"
_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
)


def is_one(head: bytes) -> bool:
    """Whether a file that begins like this (12 bytes do) is a HEIC photo."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS


def make_ready() -> None:
    """Teach Pillow the format."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
