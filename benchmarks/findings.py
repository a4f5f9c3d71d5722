"""Promise: no real page is called blank, and a letter's fields are right or left to the clerk.

All pages at hand: the committed fixtures, three fresh seeds of the generator, and the real scans of
../shared/scans, which decide. No peer finds fields or names findings; tesseract's text is ours.
"""

import csv
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.digitise import words
from benchmarks.reading import Promise
from scanstation.extract.layout import bare
from scanstation.imaging import codes
from scanstation.model.field import Field, FieldName, first_of_each
from scanstation.model.page import FindingKind, PageOrder, WorkedPage
from scanstation.model.wording import finding
from scanstation.pagework import work_page
from tests.unit.imaging.test_codes import card_at

ROOT = Path(__file__).parent.parent
SCANS = ROOT.parent / "shared" / "scans"
PAGES = ROOT / "fixtures" / "pages"
SEEDS = (101, 102, 103)
LEAST_SIDE = 600
SIGNERS = {
    "01CT.pdf": "Đặng Văn Minh",
    "11CT.pdf": "Đặng Văn Minh",
    "155 tm syt.pdf": "Hà Văn Phúc",
    "1695 qd syt.pdf": "Lê Hoàng Anh",
    "2014 syt nvy.pdf": "Nguyễn Văn Hải",
    "2030 syt nvy.pdf": "Hà Văn Phúc",
    "22 TTR.signed.pdf": "Nguyễn Hoàng Giang",
    "2307 syt nvy.pdf": "Nguyễn Văn Hải",
    "2352 ( 07-CT-UBND).signed.pdf": "Phạm Trường Thọ",
    "299 UB.signed.pdf": "Nguyễn Quốc Việt",
    "381 tb syt.pdf": "Lê Hoàng Anh",
    "391 syt tccb.pdf": "Nguyễn Trúc Giang",
    "43 tm syt.pdf": "Nguyễn Trúc Giang",
    "47 QĐ UB.signed (1).pdf": "Nguyễn Hoàng Giang",
    "745 gm ubnd.pdf": "Huỳnh Vĩnh Lạc",
}
"""Read by eye; the truth beside the scans does not hold them."""
_PROVINCE = "Ủy ban nhân dân tỉnh Quảng Ngãi"


@dataclass(frozen=True)
class Subject:
    """One page; `file` groups the pages of one document."""

    file: str
    number: int
    image: Path
    dpi: float
    blank: bool


def main() -> None:
    """Print the findings of every page, the blank row and the field scores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        groups = {"fixtures": list(drawn(PAGES))}
        groups |= {f"seed {seed}": list(drawn(fresh(seed, folder))) for seed in SEEDS}
        groups["real scans"] = list(real(folder)) if SCANS.is_dir() else []
        if not SCANS.is_dir():
            print(f"Skipped the real scans: {SCANS} is not there.\n")
        done = worked(groups, folder)
    print_findings(groups, done)
    print_blank(groups, done)
    if groups["real scans"]:
        print_fields({one: done[one] for one in groups["real scans"]})


def promises() -> Iterator[Promise]:
    """The rows of `scripts/bench reading` that are about findings and codes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        groups = {"fixtures": list(drawn(PAGES))}
        groups |= {f"seed {seed}": list(drawn(fresh(seed, folder))) for seed in SEEDS}
        groups["real scans"] = list(real(folder)) if SCANS.is_dir() else []
        done = worked(groups, folder, reading="none")
    wrong = sum(_is_blank(page) for one, page in done.items() if not one.blank)
    right = sum(_is_blank(page) for one, page in done.items() if one.blank)
    full, empty = sum(not one.blank for one in done), sum(one.blank for one in done)
    found = f"{wrong} of {full}; {right} of {empty} blank ones noticed"
    yield Promise("pages with content called blank", found, "0", wrong == 0, "–")
    tried = [(angle, blur) for angle in range(0, 360, 15) for blur in (0.4, 0.8, 1.2, 1.6)]
    read = sum(len(codes.find(card_at(angle, blur))) == 1 for angle, blur in tried)
    found = f"{read} of {len(tried)}"
    yield Promise("ID-card QR, 200 dpi, turned, blurred", found, "all", read == len(tried), "–")


def drawn(folder: Path) -> Iterator[Subject]:
    for entry in tomllib.loads((folder / "pages.toml").read_text("utf-8"))["page"]:
        image = folder / entry["file"]
        yield Subject(entry["name"], 1, image, entry["dpi"], entry["blank"])


def fresh(seed: int, folder: Path) -> Path:
    target = folder / f"seed-{seed}"
    script = ROOT / "fixtures" / "make_pages.py"
    command = [sys.executable, str(script), "--seed", str(seed), "--out", str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return target


def real(folder: Path) -> Iterator[Subject]:
    """Every page of every scan as its stored image."""
    for place, pdf in enumerate(sorted(SCANS.glob("*.pdf"))):
        stem = folder / f"real-{place}"
        subprocess.run(["pdfimages", "-png", str(pdf), str(stem)], check=True)
        listed = subprocess.run(
            ["pdfimages", "-list", str(pdf)], check=True, capture_output=True, text=True
        )
        for line in listed.stdout.splitlines()[2:]:
            page, number, kind, width, height = line.split()[:5]
            image = folder / f"real-{place}-{int(number):03d}.png"
            large = min(int(width), int(height)) >= LEAST_SIDE
            if kind == "image" and large and image.exists():
                yield Subject(pdf.name, int(page), image, float(line.split()[12]), blank=False)


def worked(
    groups: dict[str, list[Subject]], folder: Path, reading: str = "quick"
) -> dict[Subject, WorkedPage]:
    """Every page through page work, its cache below `folder`."""
    every = [one for group in groups.values() for one in group]
    orders = [order(one, folder / f"cache-{place}", reading) for place, one in enumerate(every)]
    with ProcessPoolExecutor(2) as pool:
        return dict(zip(every, pool.map(work_page, orders), strict=True))


def order(subject: Subject, folder: Path, reading: str = "quick") -> PageOrder:
    folder.mkdir()
    return PageOrder(
        original=subject.image,
        dpi=subject.dpi,
        rotation=0,
        deskew=True,
        reading=reading,
        keeping="faithful",
        folder=folder,
    )


def print_findings(groups: dict[str, list[Subject]], done: dict[Subject, WorkedPage]) -> None:
    print("| pages | page | findings |\n|---|---|---|")
    for title, group in groups.items():
        silent = sum(not done[one].findings for one in group)
        print(f"| {title} | {silent} of {len(group)} pages | none |")
        for one in group:
            if remarks := "; ".join(finding(it) for it in done[one].findings):
                print(f"| {title} | {one.file} {one.number} | {remarks} |")
    print()


def print_blank(groups: dict[str, list[Subject]], done: dict[Subject, WorkedPage]) -> None:
    print("| pages | real pages | called blank | blank pages | noticed |\n|---|--:|--:|--:|--:|")
    for title, group in groups.items():
        called = {one for one in group if _is_blank(done[one])}
        empty = {one for one in group if one.blank}
        row = (len(group) - len(empty), len(called - empty), len(empty), len(called & empty))
        print(f"| {title} | " + " | ".join(map(str, row)) + " |")
    print()


def _is_blank(page: WorkedPage) -> bool:
    return any(one.kind is FindingKind.BLANK for one in page.findings)


def print_fields(done: dict[Subject, WorkedPage]) -> None:
    score: Counter[str] = Counter()
    truths = list(_truths())
    for truth in truths:
        pages = sorted((one for one in done if one.file == truth["file"]), key=lambda it: it.number)
        fields = first_of_each(field for one in pages for field in done[one].fields)
        score.update(name for name, right in _judged(fields, truth).items() if right)
    print(f"| field | right of {len(truths)} letters |\n|---|--:|")
    for name in _judged((), truths[0]):
        print(f"| {name} | {score[name]} |")


def _truths() -> Iterator[dict[str, str]]:
    for name in ("truth-letters.tsv", "truth.tsv"):
        with (SCANS / name).open(encoding="utf-8") as stream:
            yield from csv.DictReader(stream, delimiter="\t")


def _judged(fields: tuple[Field, ...], truth: dict[str, str]) -> dict[str, bool]:
    """Which fields are right; every number and most days are handwritten, and must be left out."""
    got = {one.name: one.value for one in fields}
    symbol = "/" + truth["number_symbol"].split("/", 1)[1]
    agency = truth.get("agency") or _PROVINCE
    urgency = truth.get("urgency") or truth.get("urgency_or_stamp") or ""
    subject, abstract = words(truth["subject"]), words(got.get(FieldName.ABSTRACT, ""))
    off = (subject - abstract).total() + (abstract - subject).total()
    signer = got.get(FieldName.SIGNER, "")
    date = got.get(FieldName.DATE, "")
    return {
        "symbol, and the handwritten number left out": got.get(FieldName.NUMBER_SYMBOL) == symbol,
        "month and year": date[:7] == truth["date"][:7],
        "nothing invented in the date": truth["date"].startswith(date),
        "place": bool(got.get(FieldName.PLACE)),
        "type": got.get(FieldName.TYPE) == truth["type"],
        "agency (tones apart)": bare(got.get(FieldName.AGENCY, "")) == bare(agency),
        "abstract, at most 2 words off": off <= 2,
        "signer (tones apart)": bare(signer) == bare(SIGNERS[truth["file"]]),
        "signer to the letter": signer == SIGNERS[truth["file"]],
        "urgency": got.get(FieldName.URGENCY, "") == ("" if "incoming" in urgency else urgency),
    }


if __name__ == "__main__":
    main()
