"""What no crash touches: who sits at the desk, the paper on it, and the clerk's key."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw

from scanstation import bootstrap
from scanstation.document import Documents, Signature
from scanstation.imaging.load import work_alone
from scanstation.model.page import PageOrder, WorkedPage
from scanstation.model.profile import Clerk, Component, Procedure, Reading, Treatment
from scanstation.model.signing import Signer
from scanstation.pagework import work_page
from scanstation.pdf import read as read_pdf
from scanstation.signing.pkcs12 import open_key
from scanstation.signing.testing_ca import make_authority, make_clerk_key

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
PROCEDURE = Procedure(
    code="1.001193",
    title="Đăng ký khai sinh",
    source="test",
    components=(
        Component(id="to-khai", title="Tờ khai đăng ký khai sinh"),
        Component(id="giay-to", title="Giấy tờ khác", required=False),
    ),
)
_PASSPHRASE = b"mot hai ba"
_A6_AT_75_DPI = (310, 438)


@dataclass(frozen=True)
class Kit:
    """Paper and key."""

    pages: tuple[Path, ...]
    signed_pdf: Path
    signer: Signer


def make_kit(folder: Path) -> Kit:
    """Paper and key in `folder`; one second for the key."""
    work_alone()  # no threads: this process is forked over and over
    folder.mkdir()
    authority, now, day = make_authority(folder), datetime.now(UTC), timedelta(days=1)
    key = folder / "duong.p12"
    make_clerk_key(authority, CLERK.name, _PASSPHRASE, key, now - day, now + day)
    signer = open_key(key, _PASSPHRASE, bootstrap.CLOCK)
    pages = tuple(_paper(folder / f"page-{number}.pgm", number) for number in range(1, 9))
    return Kit(pages, _signed(folder, pages[-1], signer), signer)


def _paper(path: Path, number: int) -> Path:
    """A page with some print below its corner, no two alike."""
    page = Image.new("L", _A6_AT_75_DPI, 250)
    pen, dice = ImageDraw.Draw(page), random.Random(number)
    for line in range(100, 400, 40):
        for left in range(30, 270, 24):
            if dice.random() < 0.7:
                pen.rectangle((left, line, left + dice.randint(4, 13), line + 9), fill=60)
    page.save(path)
    return path


def _signed(folder: Path, paper: Path, signer: Signer) -> Path:
    """A PDF a citizen signed at home."""
    target, treatment = folder / "signed.pdf", Treatment(reading=Reading.NONE)
    with documents() as maker:
        signature = Signature(signer, stamped=None)
        for _ in maker.digitise([paper], target, treatment, signature, folder / "scratch"):
            pass
    return target


@contextmanager
def documents() -> Iterator[Documents]:
    """The document maker that works in this process alone."""
    with bootstrap.documents(()) as maker:
        yield replace(maker, pages=_Inline(), reader=read_pdf)


class _Inline:
    """document.PageWork without other processes: nothing is read, so none is started."""

    def begin(self, order: PageOrder) -> None:
        """Nothing: sealing asks for it."""

    def peek(self, order: PageOrder) -> WorkedPage | None:
        return None

    def finish(self, orders: Sequence[PageOrder], *, patient: bool = False) -> Iterator[WorkedPage]:
        for order in orders:
            yield work_page(msgspec.structs.replace(order, reading=Reading.NONE))
