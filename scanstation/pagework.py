"""One page from capture to what the archive file needs: clean image, text, findings, layers.

A plain function on files, so that a spawn pool here or another PC can run it. What it makes is
cache beside the original, which is never written. It refuses to trust a cache it cannot prove
whole, and to change more of a page than which way it lies.
"""

import errno
import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection, parent_process
from pathlib import Path

import msgspec

from scanstation import completing, durable, errors, i18n, remarks, rereading
from scanstation.extract import propose
from scanstation.imaging import (
    codes,
    corner,
    edges,
    ink,
    inspect,
    load,
    reading_input,
    sheet,
    store,
    thumbnail,
    turn,
)
from scanstation.imaging import skew as skewness
from scanstation.imaging.load import Picture
from scanstation.imaging.reading_input import ReadingInput
from scanstation.imaging.skew import Skew
from scanstation.imaging.turn import Turn
from scanstation.model.page import (
    Box,
    Finding,
    FindingKind,
    Mode,
    PageOrder,
    PageText,
    WorkedPage,
)
from scanstation.model.profile import Reading
from scanstation.ocr import judge
from scanstation.ocr.tesseract import Tesseract
from scanstation.pdf.confined import ConfinedReader
from scanstation.pdf.layers import make_layers
from scanstation.rereading import placed

VERSION = 6
"""Of worked.json; raise it when the same order would give another result."""
RECORD = "worked.json"
_LOCK = "lock"

WORTH_TURNING = 0.5
"""Degrees. Tesseract on nine real pages (3,280 words, seals taken out, no lean added) misses 137
words as scanned (up to 0.44° askew), 179 of pages turned dead straight, 192 at 1° and 849 at 2°:
below half a degree turning costs a generation of pixels and wins nothing."""
_DOUBTFUL = 60.0
"""Legibility under which a page may lie the wrong way up."""
_TELLING = 3
"""Letters; shorter words are as high as they are wide whichever way they lie."""
_TURN_CONFIDENCE = 2.0
_BETTER = 10.0
"""Points of legibility a turned reading must win, so that a poor page is not turned."""
_NICE, _LOWEST = 10, 19
_UNREAD = PageText(lines=(), engine="")
_MEMORY_PER_WORKER = 1 << 30
"""Bytes; a colour A4 at 300 dpi peaks at 234 MB here and 223 MB in the engine."""


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """worked.json: a result, what it was made for and how large its files must be."""

    version: int
    order: PageOrder
    sizes: dict[str, int]
    page: WorkedPage


class _Read(msgspec.Struct, frozen=True):
    """A page as it was read; boxes of the text in pixels of `upright`."""

    upright: Picture
    skew: Skew | None
    """None when the print gives no sure direction."""
    text: PageText
    findings: tuple[Finding, ...] = ()


class _Straight(msgspec.Struct, frozen=True):
    """A page as it is archived; boxes of the text in its pixels."""

    picture: Picture
    turned: Turn | None
    untouched: bool
    """Whether the original's own file holds these very pixels."""
    text: PageText
    look: inspect.Look
    findings: tuple[Finding, ...]
    """Of its reading."""
    cropped: Box | None


def work_page(order: PageOrder) -> WorkedPage:
    """All that is derived from one original, from the cache when it is there and whole.

    Raises UnreadableInput or OversizedInput for the original, MissingPart without the OCR engine,
    StorageError for the cache folder. A page whose reading takes too long keeps an empty text.
    A quick order is content with a thorough text; a thorough one builds on a quick text.
    """
    known = recalled(order)
    if known is not None:
        return known
    with _alone(order.folder):
        known = recalled(order)
        if known is not None:
            return known
        try:
            page = recalled(order.first) or _work(order)
            page = _reread(page, order)
        except OSError as fault:
            if fault.errno in (errno.ENOSPC, errno.EDQUOT):
                raise durable.storage_fault(order.folder, fault) from fault
            raise
        _remember(order, page)
        return page


def _reread(page: WorkedPage, order: PageOrder) -> WorkedPage:
    if order.reading != Reading.THOROUGH or not page.text.lines:
        return page
    facts = (page.clean, page.dpi, page.text)
    text = rereading.reread(*facts, order.folder, order.reading_limit_s)
    return propose.again(msgspec.structs.replace(page, text=text))


def _work(order: PageOrder) -> WorkedPage:
    page, mode = _unpainted(order)
    load.give_back()  # the page's pixels: coding takes as many again
    painting = make_layers(page.clean, mode, page.dpi, order.keeping, order.folder, order.one_bit)
    load.give_back()  # what waits for a page holds none
    return msgspec.structs.replace(page, layers=painting.layers, paper=painting.paper)


def _unpainted(order: PageOrder) -> tuple[WorkedPage, Mode]:
    """All but the layers."""
    straight = _straightened(order)  # where the page was turned, its capture's pixels end here
    clean, turned = straight.picture, straight.turned
    found = codes.find(clean)
    page = WorkedPage(
        width=clean.width,
        height=clean.height,
        dpi=clean.dpi,
        skew=turned.angle if turned else 0.0,
        layers=(),
        text=straight.text,
        findings=(*inspect.inspect(clean, straight.look), *straight.findings),
        codes=found,
        thumbnail=thumbnail.write(clean, order.folder),
        clean=order.original if straight.untouched else store.write(clean, order.folder),
        stamp=corner.free_place(clean, [code.box for code in found]),
        cropped=straight.cropped,
    )
    return remarks.added(page, clean, order), clean.mode


def _straightened(order: PageOrder) -> _Straight:
    loaded = load.load(order.original, order.dpi)
    found = sheet.find(loaded.picture) if order.deskew and order.dpi and not order.taken else None
    cropped = found.box(None, loaded.picture.width, loaded.picture.height) if found else None
    capture = sheet.cropped(loaded.picture, cropped) if cropped else loaded.picture
    read = _with_own_text(_upright_and_read(capture, order), capture, order)
    turned = _archive_turn(read, order)
    clean = turn.apply(read.upright, turned) if turned else read.upright
    straight = _Straight(
        clean,
        turned,
        loaded.as_stored and clean is loaded.picture,
        placed(read.text, turned.forth) if turned else read.text,
        _look(read, turned, order),
        read.findings,
        cropped,
    )
    return _trimmed(straight, sheet.again(read.upright)) if cropped and turned else straight


def _trimmed(page: _Straight, paper: sheet.Sheet | None) -> _Straight:
    """The turned page without the wedges of bed that its turn brought in line with its edges."""
    if paper is None:
        return page
    box = paper.box(page.turned, page.picture.width, page.picture.height)
    text = placed(
        page.text, lambda one: msgspec.structs.replace(one, x=one.x - box.x, y=one.y - box.y)
    )
    look = msgspec.structs.replace(page.look, edges=None)
    picture = sheet.cropped(page.picture, box)
    return msgspec.structs.replace(page, picture=picture, text=text, look=look)


def _archive_turn(read: _Read, order: PageOrder) -> Turn | None:
    if not order.deskew or read.skew is None or abs(read.skew.angle) < WORTH_TURNING:
        return None
    return turn.for_archive(read.upright, read.skew.angle)


def _look(read: _Read, turned: Turn | None, order: PageOrder) -> inspect.Look:
    known_scale = order.dpi > 0
    return inspect.Look(
        leaning=read.skew.angle if read.skew and not turned else 0.0,
        known_scale=known_scale,
        asked_dpi=order.asked_dpi,
        edges=tuple(edges.edges(read.upright, known_scale=known_scale)),
    )


# --- which way up, and what it says -----------------------------------------------------------


def _upright_and_read(picture: Picture, order: PageOrder) -> _Read:
    """Read the page as the clerk turned it; where nobody did and it reads badly, look again."""
    first = _read(turn.quarter(picture, order.rotation), order)
    asked_nothing = order.rotation == 0
    if asked_nothing and first.text.engine and legibility(first.text) < _DOUBTFUL:
        return _read_turned(first, order)
    return first


def _read_turned(first: _Read, order: PageOrder) -> _Read:
    """The page turned as the engine advises, if it is sure and then reads clearly better."""
    with _prepared(first, order) as (image, prepared):
        load.give_back()
        engine = Tesseract(limit_s=order.reading_limit_s)
        advice = engine.orientation(image, prepared.dpi)
        if advice.clockwise == 0 or advice.confidence < _TURN_CONFIDENCE:
            text = completing.completed(prepared, first.text, image.parent, engine)
            return msgspec.structs.replace(first, text=text)
    second = _read(turn.quarter(first.upright, advice.clockwise), order)
    if legibility(second.text) < legibility(first.text) + _BETTER:
        return first
    lay = FindingKind.UPSIDE_DOWN if advice.clockwise == 180 else FindingKind.SIDEWAYS
    finding = Finding(lay, float(advice.clockwise), 0.0)
    return msgspec.structs.replace(second, findings=(finding,))


def _read(upright: Picture, order: PageOrder) -> _Read:
    """Read an upright page; one without a mark, or not to be read, gets an empty text."""
    skew = skewness.measure(upright)
    page = _Read(upright, skew if skew.is_sure else None, _UNREAD)
    if order.reading == Reading.NONE or inspect.marks(upright) == 0:
        return page
    engine = Tesseract(limit_s=order.reading_limit_s)
    with _prepared(page, order) as (image, prepared):
        load.give_back()
        try:
            text = engine.read(image, prepared.dpi)
        except errors.ReadingTimeout:
            late = Finding(FindingKind.UNREAD, engine.limit_s, engine.limit_s)
            return msgspec.structs.replace(page, findings=(late,))
        text = placed(text, prepared.on_page)
        if legibility(text) >= _DOUBTFUL:
            text = completing.completed(prepared, text, image.parent, engine)
        return msgspec.structs.replace(page, text=text)


def _with_own_text(read: _Read, picture: Picture, order: PageOrder) -> _Read:
    """The page with the text its PDF came with, where that is better than what was read."""
    if order.taken is None or order.reading == Reading.NONE:
        return read
    size = (picture.width, picture.height)
    try:
        own = ConfinedReader().own_text(order.taken.pdf, order.taken.page, size)
    except errors.InputError:
        return read  # it was readable when the page was taken from it
    turned = [int(one.measure) for one in read.findings if one.kind is FindingKind.UPSIDE_DOWN]
    clockwise = order.rotation + sum(turned)
    own = placed(own, lambda box: turn.quarter_box(box, clockwise, *size))
    marks, scale = ink.mask(read.upright), ink.scale_of(read.upright)
    found = judge.judge(own, read.text, marks, scale, visible=order.taken.visible)
    if found.taken or not own.lines:
        return msgspec.structs.replace(read, text=found.text)
    useless = Finding(FindingKind.OLD_TEXT, found.agreement, judge.ENOUGH)
    return msgspec.structs.replace(read, text=found.text, findings=(*read.findings, useless))


@contextmanager
def _prepared(page: _Read, order: PageOrder) -> Iterator[tuple[Path, ReadingInput]]:
    """The reading image in a folder of its own, which is gone afterwards."""
    prepared = reading_input.prepare(page.upright, page.skew)
    with tempfile.TemporaryDirectory(dir=order.folder, prefix=rereading.FOLDER) as folder:
        image = Path(folder) / "page.pgm"
        prepared.write(image)
        yield image, prepared


def legibility(text: PageText) -> float:
    """How well a page lying this way up reads, 0 to 100.

    The mean of the words' confidence, each weighing as much as it has letters. A word standing on
    end counts nothing: the engine reads sideways lines well, but a person does not.
    """
    words = [word for line in text.lines for word in line.words if len(word.text) >= _TELLING]
    letters = sum(len(word.text) for word in words)
    flat = [word for word in words if word.box.width > word.box.height]
    return sum(word.confidence * len(word.text) for word in flat) / letters if letters else 0.0


# --- the cache --------------------------------------------------------------------------------


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker per page: the screen's and a verb's may want the same one at the same time.

    Waits for the other, then finds its result; clears what a worker that died left there.
    """
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        raise durable.storage_fault(folder / _LOCK, fault) from fault
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in folder.glob(f"{rereading.FOLDER}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def recalled(order: PageOrder) -> WorkedPage | None:
    """The cached result, if it is of this version and order and its files have their sizes."""
    try:
        data = (order.folder / RECORD).read_bytes()
        record = msgspec.json.decode(data, type=_Record, dec_hook=_path)
    except (OSError, msgspec.DecodeError):
        return None
    if record.version != VERSION or order not in (record.order, record.order.first):
        return None
    return record.page if _sizes(record.page) == record.sizes else None


def _remember(order: PageOrder, page: WorkedPage) -> None:
    record = _Record(version=VERSION, order=order, sizes=_sizes(page), page=page)
    durable.publish(order.folder / RECORD, msgspec.json.encode(record, enc_hook=str))


def _sizes(page: WorkedPage) -> dict[str, int]:
    """Bytes by file; a power cut after the record may leave empty files, a purge none."""
    files = (page.clean, page.thumbnail, *(layer.path for layer in page.layers))
    return {str(file): file.stat().st_size if file.is_file() else -1 for file in files}


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(kind)


# --- the worker process -----------------------------------------------------------------------


def start_worker(language: str, aside: bool = False) -> None:
    """Make this process a page worker: low priority, one thread, deaf to the screen's Ctrl-C.

    It ends with its parent, however that ends: the pool's own pipe stays open in every worker, so
    an orphan would wait for work for ever. One that works `aside` has the lowest priority and a
    process group of its own, so that it and its engine can be ended together.
    """
    if aside:
        os.setpgid(0, 0)
    i18n.choose(language)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_LOWEST if aside else _NICE)
    load.work_alone()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def worker_count() -> int:
    """How many workers this PC bears: one per usable core, but a gigabyte of memory for each."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(len(os.sched_getaffinity(0)), memory // _MEMORY_PER_WORKER))
