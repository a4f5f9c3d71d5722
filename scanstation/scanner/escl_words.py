"""The words of eSCL (Mopria eSCL 2.8): what a network scanner says of itself, and what it is told.

Pure: bytes in, values out, and one document the other way. XML with a DTD or entities, too deep
or too large is refused, because any program in the network may be the one that answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape

from scanstation.model.page import Mode

XML_LIMIT = 1 << 20
"""Bytes; real capabilities have 5 to 40 KB."""
_DEEPEST = 64
UNITS_PER_INCH = 300
MODES = {Mode.COLOUR: "RGB24", Mode.GREY: "Grayscale8", Mode.BITONAL: "BlackAndWhite1"}
FORMATS = ("image/png", "image/jpeg", "image/tiff")
"""What becomes a page, best first: JPEG loses detail that the archive would have to lose again."""


class Unreadable(ValueError):
    """Not the XML an eSCL device sends."""


# --- what a device can do ---------------------------------------------------------------------


@dataclass(frozen=True)
class Inlet:
    """One input of the device."""

    modes: tuple[str, ...]
    formats: tuple[str, ...]
    resolutions: tuple[int, ...]
    """Discrete ones, ascending; empty when there is only a range."""
    low: int
    high: int
    width: int
    """Largest, in 1/300 inch; 0 when it does not say."""
    height: int

    def resolution(self, wanted: int) -> int:
        """The nearest resolution the device has."""
        if self.resolutions:
            return min(self.resolutions, key=lambda dpi: abs(dpi - wanted))
        return min(max(wanted, self.low), self.high) if self.high else wanted


@dataclass(frozen=True)
class Capabilities:
    """What ScannerCapabilities says; an input that is missing is None."""

    model: str
    version: str
    platen: Inlet | None
    feeder: Inlet | None
    duplex: Inlet | None

    @property
    def names(self) -> tuple[str, ...]:
        """Sources under the names that scan profiles use."""
        named = (("Platen", self.platen), ("Feeder", self.feeder), ("Duplex", self.duplex))
        return tuple(name for name, inlet in named if inlet)

    def inlet(self, name: str) -> Inlet | None:
        """The input of that name, one of `names`."""
        return {"Platen": self.platen, "Feeder": self.feeder, "Duplex": self.duplex}.get(name)


def capabilities(xml: bytes) -> Capabilities:
    """Raises Unreadable."""
    root = _rooted(xml, "ScannerCapabilities")
    return Capabilities(
        model=_text(root, "MakeAndModel") or "eSCL",
        version=_text(root, "Version") or "2.0",
        platen=_inlet(root, "PlatenInputCaps"),
        feeder=_inlet(root, "AdfSimplexInputCaps"),
        duplex=_inlet(root, "AdfDuplexInputCaps"),
    )


def _inlet(root: ElementTree.Element, name: str) -> Inlet | None:
    found = next(_all(root, name), None)
    if found is None:
        return None
    ranged = next(_all(found, "XResolutionRange"), None)
    dots = {_number(one) for one in _all(found, "XResolution")} - {0}
    formats = (*_all(found, "DocumentFormatExt"), *_all(found, "DocumentFormat"))
    return Inlet(
        modes=_texts(_all(found, "ColorMode")),
        formats=_texts(iter(formats)),
        resolutions=tuple(sorted(dots)),
        low=_number_of(ranged, "Min"),
        high=_number_of(ranged, "Max"),
        width=_number_of(found, "MaxWidth"),
        height=_number_of(found, "MaxHeight"),
    )


# --- how a device is --------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """What the device says of one job."""

    path: str
    state: str
    completed: int | None
    """Images scanned so far; None when it does not count."""
    waiting: int
    """Images that lie in its memory."""


@dataclass(frozen=True)
class Status:
    """ScannerStatus; empty words when the device would not say."""

    state: str = ""
    adf: str = ""
    jobs: tuple[Job, ...] = ()

    def job(self, path: str) -> Job | None:
        """The job whose address ends like `path`: devices write whole or relative addresses."""
        return next((job for job in self.jobs if _tail(job.path) == _tail(path)), None)


def status(xml: bytes) -> Status:
    """Raises Unreadable."""
    root = _rooted(xml, "ScannerStatus")
    return Status(
        state=_text(root, "State"),
        adf=_text(root, "AdfState").removeprefix("ScannerAdf"),
        jobs=tuple(_job(one) for one in _all(root, "JobInfo")),
    )


def _job(info: ElementTree.Element) -> Job:
    counted = _text(info, "ImagesCompleted")
    return Job(
        path=_text(info, "JobUri"),
        state=_text(info, "JobState"),
        completed=int(counted) if counted.isdecimal() else None,
        waiting=_number_of(info, "ImagesToTransfer"),
    )


def _tail(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


# --- what a device is told --------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """One scan job; lengths in 1/300 inch."""

    version: str
    source: str
    """One of Capabilities.names."""
    colour: str
    format: str
    dpi: int
    width: int
    height: int


def settings(order: Order) -> bytes:
    """The ScanSettings document."""
    inlet = "Platen" if order.source == "Platen" else "Feeder"
    duplex = "true" if order.source == "Duplex" else "false"
    sided = "" if inlet == "Platen" else f"<scan:Duplex>{duplex}</scan:Duplex>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"\
 xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>{escape(order.version)}</pwg:Version>
<pwg:ScanRegions><pwg:ScanRegion>
<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>
<pwg:Width>{order.width}</pwg:Width><pwg:Height>{order.height}</pwg:Height>
</pwg:ScanRegion></pwg:ScanRegions>
<pwg:InputSource>{inlet}</pwg:InputSource>
<scan:ColorMode>{order.colour}</scan:ColorMode>
<pwg:DocumentFormat>{order.format}</pwg:DocumentFormat>
<scan:DocumentFormatExt>{order.format}</scan:DocumentFormatExt>
<scan:XResolution>{order.dpi}</scan:XResolution>
<scan:YResolution>{order.dpi}</scan:YResolution>{sided}
</scan:ScanSettings>
""".encode()


# --- XML --------------------------------------------------------------------------------------


def _rooted(xml: bytes, name: str) -> ElementTree.Element:
    root = _tree(xml)
    if root.tag != name:
        raise Unreadable(f"<{root.tag}> instead of <{name}>")
    return root


def _tree(xml: bytes) -> ElementTree.Element:
    """Elements under their local names: devices disagree about namespaces."""
    if len(xml) > XML_LIMIT:
        raise Unreadable(f"{len(xml)} bytes")
    builder, parser, depth = ElementTree.TreeBuilder(), expat.ParserCreate(), 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise Unreadable("too deep")
        builder.start(name.rpartition(":")[2], {})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(":")[2])

    def doctype(*_parts: object) -> None:
        raise Unreadable("a DTD")  # without one there are no entities either

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, doctype
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as fault:
        raise Unreadable(str(fault)) from fault
    return builder.close()


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return root.iter(name)


def _text(root: ElementTree.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in _all(root, name)), "")


def _texts(found: Iterator[ElementTree.Element]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((one.text or "").strip() for one in found))


def _number(element: ElementTree.Element) -> int:
    text = (element.text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _number_of(root: ElementTree.Element | None, name: str) -> int:
    found = None if root is None else next(_all(root, name), None)
    return 0 if found is None else _number(found)
