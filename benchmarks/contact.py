"""Contact sheets: each page before and after, with its findings and fields, to be looked at.

Writes PNGs into the folder named by SCANSTATION_CONTACT (default: contact-sheets in the temporary
folder). Fixtures and ../shared/scans; nothing of them is kept anywhere else.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from benchmarks.findings import PAGES, SCANS, Subject, drawn, real, worked
from scanstation.model.page import WorkedPage
from scanstation.model.wording import field_word, finding

PER_SHEET = 4
HIGH = 620
TEXT = 460
FONT = "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf"


def main() -> None:
    """Write the sheets and say where they lie."""
    target = Path(os.environ.get("SCANSTATION_CONTACT", tempfile.gettempdir() + "/contact-sheets"))
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        subjects = [*drawn(PAGES), *(real(Path(name)) if SCANS.is_dir() else ())]
        done = worked({"all": subjects}, Path(name))
        for place, part in enumerate(_parted(subjects), start=1):
            path = target / f"sheet-{place:02d}.png"
            sheet([(one, done[one]) for one in part]).save(path)
            print(path)


def _parted(subjects: Sequence[Subject]) -> Iterator[Sequence[Subject]]:
    for start in range(0, len(subjects), PER_SHEET):
        yield subjects[start : start + PER_SHEET]


def sheet(rows: Sequence[tuple[Subject, WorkedPage]]) -> Image.Image:
    """Two rows of two pages: before, after, words."""
    width = 2 * HIGH + TEXT
    whole = Image.new("RGB", (2 * width, HIGH * ((len(rows) + 1) // 2)), "white")
    for place, (subject, page) in enumerate(rows):
        whole.paste(_strip(subject, page), (place % 2 * width, place // 2 * HIGH))
    return whole


def _strip(subject: Subject, page: WorkedPage) -> Image.Image:
    strip = Image.new("RGB", (2 * HIGH + TEXT, HIGH), (225, 225, 225))
    before = Image.open(subject.image).convert("RGB")
    before.thumbnail((HIGH - 8, HIGH - 8))
    strip.paste(before, (4, 4))
    strip.paste(_after(page), (HIGH + 4, 4))
    pen, font = ImageDraw.Draw(strip), ImageFont.truetype(FONT, 15)
    pen.multiline_text((2 * HIGH + 6, 6), "\n".join(_lines(subject, page)), fill=0, font=font)
    return strip


def _after(page: WorkedPage) -> Image.Image:
    """The clean page with boxes: fields green, codes blue, the stamp's place orange."""
    image = Image.open(page.clean).convert("RGB")
    image.thumbnail((HIGH - 8, HIGH - 8))
    pen, scale = ImageDraw.Draw(image), image.width / page.width
    marked = [(one.box, "green") for one in page.fields]
    marked += [(one.box, "blue") for one in page.codes]
    marked += [(page.stamp, "orange")] if page.stamp else []
    for box, colour in marked:
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        pen.rectangle([round(side * scale) for side in corners], outline=colour, width=2)
    return image


def _lines(subject: Subject, page: WorkedPage) -> Iterator[str]:
    yield f"{subject.file[:34]} p{subject.number}, {subject.dpi:g} dpi"
    yield f"turned {page.skew:+.2f}°, {sum(len(it.words) for it in page.text.lines)} words"
    yield ""
    yield from (f"! {finding(one)}" for one in page.findings)
    for one in page.fields:
        text = f"{field_word(one.name)} [{one.evidence} {one.confidence:.0f}]: {one.value}"
        yield from (text[at : at + 56] for at in range(0, len(text), 56))


if __name__ == "__main__":
    main()
