"""A page as it crosses rooms: always a file and its measures, never pixels."""

from enum import StrEnum
from pathlib import Path

import msgspec

from scanstation.model.box import Box as Box  # noqa: PLC0414 - rooms look for it beside Page
from scanstation.model.field import Field


class Mode(StrEnum):
    """How a page was sampled."""

    BITONAL = "bw"
    GREY = "grey"
    COLOUR = "colour"


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
    """Print runs over an edge of the image; the measure counts marks."""
    CORNER = "corner"
    """A corner is folded or torn off; the measure is its shorter leg in mm."""
    SHORT = "short"
    """As wide as A4 and not as long; the measure is the length in mm."""
    WRONG_SIZE = "wrong-size"
    """No paper of the counter; the measure is how far off the nearest one is, in mm."""
    WRONG_RESOLUTION = "wrong-resolution"
    """Not what the scan profile asked for; the measure is what came, the limit what was asked."""
    SHOW_THROUGH = "show-through"
    """The other side is visible; the measure is its share of the free paper in percent."""
    UPSIDE_DOWN = "upside-down"
    SIDEWAYS = "sideways"
    UNKNOWN_SCALE = "unknown-scale"
    LOW_RESOLUTION = "low-resolution"
    DUPLICATE = "duplicate"
    """Another page of the dossier says the same; the measure is the share of words in percent."""
    CARD_DOUBT = "card-doubt"
    """What does not add up in an ID card's code; the measure counts, the fields name it."""
    SECRET = "secret"
    """A secrecy mark; the measure is the confidence of its reading, 0 to 100."""
    UNREAD = "unread"
    OLD_TEXT = "old-text"
    """The text its PDF came with was useless, measured in percent of words, and was read anew."""


class Finding(msgspec.Struct, frozen=True):
    """A remark about a page with the number behind it; it never deletes anything."""

    kind: FindingKind
    measure: float
    limit: float


class Doubt(StrEnum):
    """Why a person should compare a read word with the picture."""

    DIGITS = "digits"
    """Readings saw different digits, and one of them stands."""
    DISPUTED = "disputed"
    """No two readings agreed."""
    SYLLABLE = "syllable"
    """It cannot be spelled so in Vietnamese."""
    SHAPE = "shape"
    """No such date, or a letter amid digits."""


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """One read word in pixels of the clean page; text is NFC."""

    text: str
    box: Box
    confidence: float
    """0 to 100, the engine's own estimate."""
    doubt: Doubt | None = None
    """Set where readings differ, where figures were changed, or where it cannot be spelled so."""

    def at(self, box: Box) -> "Word":
        """The same word in another place."""
        return msgspec.structs.replace(self, box=box)


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
    kind: str = "qr"
    """"qr" or the barcode's own name, such as "code128"."""


class ImageLayer(msgspec.Struct, frozen=True, kw_only=True):
    """One encoded image that a PDF page paints; boxes in pixels of the clean page."""

    path: Path
    coder: str
    """"jpeg" (DCTDecode), "jpeg2000" (JPXDecode), "g4" (CCITT group 4, 1 = black) or "jbig2"
    (generic region)."""
    width: int
    height: int
    box: Box
    """Where on the clean page it is painted."""
    mask: bool = False
    """True for a 1-bit stencil painted in `ink`; False for an opaque image."""
    ink: tuple[int, int, int] = (0, 0, 0)
    """sRGB, 0 to 255 each; only stencils have one."""
    grey: bool = False
    palette: bytes = b""
    """sRGB of each of the 256 levels of an image of one channel; empty for any other image."""


class WorkedPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that page work derives from one original; cache, always derivable again."""

    width: int
    """Pixels of the clean page."""
    height: int
    dpi: float
    """Scale used for the PDF page; 0 never occurs here (an unknown scale is replaced)."""
    skew: float
    """Degrees the original was turned by to become straight; 0 when left alone."""
    cropped: Box | None = None
    """Where on the capture the paper lay, when the bed around it was left out; None when whole."""
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
    fields: tuple[Field, ...] = ()
    """Proposals; their page is 0, because only the dossier knows which page this is."""
    fingerprint: str = ""
    """Where the page carries ink, 64 x 96 bits in hex, for finding it again; empty when blank."""


class PageOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What page work needs to know about one original; picklable, so any process can do it."""

    original: Path
    dpi: float
    """0 when the scale is unknown."""
    rotation: int
    """Clockwise degrees the clerk asked for: 0, 90, 180 or 270."""
    deskew: bool
    reading: str
    """"none", "quick" or "thorough"."""
    asked_dpi: float = 0.0
    """What the scan profile asked the device for; 0 when nobody asked."""
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

    @property
    def first(self) -> "PageOrder":
        """What is done before anything else: a thorough order's quick part, else the order."""
        hurried = self.reading == "thorough"
        return msgspec.structs.replace(self, reading="quick") if hurried else self
