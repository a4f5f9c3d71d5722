"""The text files of the bag, so that `sha256sum -c` can check a package in thirty years.

BagIt 1.0 (RFC 8493): two manifests and a page of facts. Pure text; each has one canonical form,
and a reader refuses any other.
"""

import re
from collections.abc import Iterable, Mapping

from scanstation.model.manifest import VERSION, Manifest
from scanstation.package import VERSION_LINE, Broken
from scanstation.package.stored_zip import must_be_name

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
IDENTIFIER = "External-Identifier"
OXUM = "Payload-Oxum"
_LINE = re.compile(rb"([0-9a-f]{64})  ([^\n]+)\n")


def hashes_text(hashes: Mapping[str, str]) -> bytes:
    """A BagIt manifest of SHA-256 by path, sorted."""
    lines = (f"{hashes[path]}  {path}\n" for path in sorted(hashes))
    return "".join(lines).encode("ascii")


def parse_hashes(text: bytes) -> dict[str, str]:
    """SHA-256 by path; Broken unless `text` is the canonical form of what it says."""
    hashes = {}
    for digest, path in _LINE.findall(text):
        name = path.decode("ascii", "replace")
        must_be_name(name)
        hashes[name] = digest.decode("ascii")
    if hashes_text(hashes) != text:
        raise Broken("a manifest of hashes is not in its canonical form")
    return hashes


def info_text(manifest: Manifest, sizes: Iterable[int]) -> bytes:
    """bag-info.txt; `sizes` are those of all payload files."""
    lines = {
        VERSION_LINE: str(VERSION),
        "Source-Organization": manifest.agency,
        IDENTIFIER: manifest.package,
        "Internal-Sender-Identifier": manifest.dossier,
        "Bagging-Date": manifest.sealed_at[:10],
        "Bag-Software-Agent": manifest.software,
        OXUM: oxum(sizes),
    }
    return "".join(f"{label}: {_one_line(value)}\n" for label, value in lines.items()).encode()


def parse_info(text: bytes) -> dict[str, str]:
    """Value by label; Broken for anything but lines of "Label: value"."""
    try:
        lines = text.decode("utf-8").removesuffix("\n").split("\n")
        info = dict(line.split(": ", 1) for line in lines)
    except ValueError as fault:
        raise Broken("bag-info.txt is not lines of labels and values") from fault
    if len(info) != len(lines):
        raise Broken("bag-info.txt says something twice")
    return info


def version_of(info: Mapping[str, str]) -> int:
    """The package format's version; Broken when it is not said."""
    value = info.get(VERSION_LINE, "")
    if not value.isascii() or not value.isdecimal():
        raise Broken(f"bag-info.txt does not say {VERSION_LINE}")
    return int(value)


def oxum(sizes: Iterable[int]) -> str:
    """RFC 8493 section 2.2.2: octets, a dot, files."""
    every = tuple(sizes)
    return f"{sum(every)}.{len(every)}"


def _one_line(value: str) -> str:
    """An empty value would be no BagIt line; a line feed would begin a line of its own."""
    return " ".join(value.split()) or "-"
