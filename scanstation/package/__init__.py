"""Sealed dossier <-> one file: a BagIt bag in a stored ZIP with the station's seal (version 0).

The contract is docs/package-format.md. Reading trusts nothing: names, sizes, hashes and the seal
are checked before a byte is believed. Each input has exactly one byte sequence, so a reader need
not tolerate anything.

    write.py       manifest + files -> package, proved before it becomes visible
    read.py        package -> PackageReport, or PackageDamaged with the reason; extraction
    stored_zip.py  the container: ZIP without compression in one canonical form
    bag.py         the bag's text files (BagIt 1.0, RFC 8493)
    seal.py        the station's signature over them
"""

from typing import Final

VERSION_LINE: Final = "ScanStation-Package-Version"
"""Line of bag-info.txt that readers of every version look at before anything else."""

BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
HASHES: Final = "manifest-sha256.txt"
TAG_HASHES: Final = "tagmanifest-sha256.txt"
SEAL: Final = "seal.jws"
DOSSIER: Final = "data/metadata/descriptive/dossier.json"
EVENTS: Final = "data/metadata/preservation/events.json"
FIRST: Final = (BAGIT, BAG_INFO, HASHES, TAG_HASHES, SEAL, DOSSIER, EVENTS)
"""Every package begins with these members in this order; component files follow by name."""


class Broken(Exception):
    """What is wrong with the bytes of a package; inside this room only.

    read.py turns it into errors.PackageDamaged, write.py into errors.SelfCheckFailed.
    """
