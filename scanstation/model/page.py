"""A page as it crosses rooms: always a file and its measures, never pixels."""

from enum import StrEnum
from pathlib import Path

import msgspec


class Mode(StrEnum):
    """How a page was sampled."""

    BITONAL = "bw"
    GREY = "grey"
    COLOUR = "colour"


class Box(msgspec.Struct, frozen=True):
    """A rectangle in pixels of its page image, origin at the top left."""

    x: int
    y: int
    width: int
    height: int


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The PDF page an image was taken from, where that page has text of its own."""

    pdf: Path
    page: int
    """1 for the first."""
    visible: bool
    """True when a reader sees that text; False for text laid under a picture by somebody's OCR."""


class PageFile(msgspec.Struct, frozen=True, kw_only=True):
    """One captured page image lying in a scratch folder."""

    path: Path
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    dpi: float
    """Dots per inch as the device reported them after the scan; 0 when the scale is unknown."""
    mode: Mode
    source: str = ""
    """Where it came from: a device's source name, or the name of an imported file."""
    warnings: tuple[str, ...] = ()
    """Sentences of the driver about this page, such as a rounded resolution."""
    taken: Taken | None = None


class FindingKind(StrEnum):
    """What inspection can notice on a page."""

    BLANK = "blank"
    NEARLY_BLANK = "nearly-blank"
    BLURRED = "blurred"
    DARK = "dark"
    LIGHT = "light"
    SKEWED = "skewed"
    CUT = "cut"
    UPSIDE_DOWN = "upside-down"
    UNKNOWN_SCALE = "unknown-scale"
    LOW_RESOLUTION = "low-resolution"
    SECRET = "secret"
    UNREAD = "unread"
    OLD_TEXT = "old-text"
    """The text its PDF came with was useless, measured in percent of words, and was read anew."""


class Finding(msgspec.Struct, frozen=True):
    """A remark about a page with the number behind it; it never deletes anything."""

    kind: FindingKind
    measure: float
    limit: float


class Word(msgspec.Struct, frozen=True):
    """One read word in pixels of the clean page; text is NFC."""

    text: str
    box: Box
    confidence: float
    """0 to 100, the engine's own estimate."""


class TextLine(msgspec.Struct, frozen=True):
    """Words of one line in reading order."""

    words: tuple[Word, ...]


class PageText(msgspec.Struct, frozen=True, kw_only=True):
    """What was read on a page, engine-neutral; lines in reading order by block."""

    lines: tuple[TextLine, ...]
    engine: str
    """Engine, version and level, such as "tesseract 5.3.0 vie quick"; empty when not read. Says so
    when the words are the PDF's own, or when those were replaced."""

    @property
    def plain(self) -> str:
        """The text with one line per line."""
        return "\n".join(" ".join(word.text for word in line.words) for line in self.lines)


class Code(msgspec.Struct, frozen=True):
    """A QR code or barcode found on a page."""

    text: str
    box: Box


class ImageLayer(msgspec.Struct, frozen=True, kw_only=True):
    """One encoded image that a PDF page paints; boxes in pixels of the clean page."""

    path: Path
    coder: str
    """"jpeg" (DCTDecode), "g4" (CCITT group 4, 1 = black) or "jbig2" (generic region)."""
    width: int
    height: int
    box: Box
    """Where on the clean page it is painted."""
    mask: bool = False
    """True for a 1-bit stencil painted in `ink`; False for an opaque image."""
    ink: tuple[int, int, int] = (0, 0, 0)
    """sRGB, 0 to 255 each; only stencils have one."""
    grey: bool = False


class WorkedPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that page work derives from one original; cache, always derivable again."""

    width: int
    """Pixels of the clean page."""
    height: int
    dpi: float
    """Scale used for the PDF page; 0 never occurs here (an unknown scale is replaced)."""
    skew: float
    """Degrees the original was turned by to become straight; 0 when left alone."""
    layers: tuple[ImageLayer, ...]
    paper: tuple[int, int, int] | None = None
    """sRGB painted under the layers of a page kept in layers; None for a page kept whole."""
    text: PageText
    findings: tuple[Finding, ...]
    codes: tuple[Code, ...]
    thumbnail: Path
    clean: Path
    """The clean page as an image file, for looking."""
    stamp: Box | None
    """A free place for the signature stamp in the top left corner, pixels; None when taken."""


class PageOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What page work needs to know about one original; picklable, so any process can do it."""

    original: Path
    dpi: float
    """0 when the scale is unknown."""
    rotation: int
    """Clockwise degrees the clerk asked for: 0, 90, 180 or 270."""
    deskew: bool
    reading: str
    """"none" or "quick"."""
    keeping: str
    """"faithful" or "layered"; a page that layers would harm is kept faithfully all the same."""
    one_bit: str = "jbig2"
    """How black and white is coded: "jbig2" or "g4"."""
    reading_limit_s: float = 120.0
    """A page not read by then keeps an empty text and the finding UNREAD."""
    taken: Taken | None = None
    """Where to look for text the page came with; None for paper."""
    folder: Path
    """Cache folder for what is derived; exists, private to this page."""
