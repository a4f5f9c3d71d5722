import fcntl
import multiprocessing
import os
import select
import signal
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from scanstation import errors
from scanstation.imaging import load, skew
from scanstation.model.page import FindingKind, Mode, PageOrder
from scanstation.pagework import RECORD, start_worker, work_page, worker_count
from tests.helpers.parts import requires_part
from tests.helpers.small_disk import small_disk
from tests.unit.imaging.drawing import DPI, LINE, leaning, paper, printed, saved

pytestmark = requires_part("tesseract-vie", "fonts")


@pytest.fixture
def order(tmp_path):
    """Make an order for pixels saved as page.jpg or the like."""

    def make(pixels, name="page.jpg", **changes) -> PageOrder:
        folder = tmp_path / "cache"
        folder.mkdir(exist_ok=True)
        plain = PageOrder(
            original=saved(pixels, tmp_path / name),
            dpi=DPI,
            rotation=0,
            deskew=True,
            reading="none",
            keeping="faithful",
            folder=folder,
        )
        return msgspec.structs.replace(plain, **changes)

    return make


def kinds(page):
    return {one.kind for one in page.findings}


# --- the archive page -------------------------------------------------------------------------


@pytest.mark.parametrize("lean", [0.0, 0.4, -0.4])
def test_page_that_stands_straight_enough_is_the_original_itself(order, lean):
    asked = order(leaning(printed(), lean))
    before = asked.original.read_bytes()
    page = work_page(asked)
    assert page.clean == asked.original
    assert page.skew == 0
    assert asked.original.read_bytes() == before


@pytest.mark.parametrize("lean", [-3.0, 0.8, 1.9])
def test_crooked_page_comes_out_straight_within_a_twentieth_of_a_degree(order, lean):
    page = work_page(order(leaning(printed(), lean)))
    assert abs(page.skew + lean) < 0.05
    clean = load.load(page.clean, DPI).picture
    assert abs(skew.measure(clean).angle) < 0.05
    assert (clean.width, clean.height) == (page.width, page.height)


def test_crooked_page_stays_crooked_where_the_profile_says_so_and_is_told(order):
    asked = order(leaning(printed(), 2.0), deskew=False)
    page = work_page(asked)
    assert page.clean == asked.original
    assert FindingKind.SKEWED in kinds(page)


@pytest.mark.parametrize(("lean", "rotation"), [(0.0, 0), (2.0, 0), (0.0, 90), (-1.0, 180)])
def test_one_bit_page_stays_one_bit(order, lean, rotation):
    black = Image.fromarray(leaning(printed(), lean)).point(lambda level: 255 * (level > 128))
    asked = order(np.asarray(black.convert("1")), "page.tif", rotation=rotation)
    page = work_page(asked)
    assert load.load(page.clean, DPI).picture.mode is Mode.BITONAL
    assert page.layers[0].coder in ("jbig2", "g4")


@pytest.mark.parametrize("coder", ["jbig2", "g4"])
def test_profile_says_how_black_and_white_is_coded(order, coder):
    black = Image.fromarray(printed()).point(lambda level: 255 * (level > 128))
    page = work_page(order(np.asarray(black.convert("1")), "page.tif", one_bit=coder))
    assert [layer.coder for layer in page.layers] == [coder]


def test_turn_of_the_clerk_moves_pixels_and_changes_none(order):
    page = work_page(order(printed(), "page.png", rotation=90))
    assert np.array_equal(
        np.rot90(load.load(page.clean, DPI).picture.pixels, 1), load.load(
            order(printed(), "page.png").original, DPI
        ).picture.pixels,
    )  # fmt: skip
    assert (page.width, page.height) == (2339, 1654)


def test_unknown_scale_is_replaced_and_told(order):
    page = work_page(order(printed(), dpi=0))
    assert abs(page.dpi - 2339 / 297 * 25.4) < 0.01
    assert FindingKind.UNKNOWN_SCALE in kinds(page)


def test_everything_made_lies_in_the_order_s_folder(order):
    asked = order(leaning(printed(), 1.0))
    page = work_page(asked)
    made = [page.clean, page.thumbnail, *(layer.path for layer in page.layers)]
    assert all(one.parent == asked.folder and one.stat().st_size for one in made)
    kept = {path for path in asked.folder.iterdir() if path.name != "lock"}
    assert kept == {*made, asked.folder / RECORD}


def test_cache_folder_that_takes_no_files_is_a_storage_error(order):
    gone = order(leaning(printed(), 1.0))
    gone.folder.rmdir()
    with pytest.raises(errors.StorageError):
        work_page(gone)


def test_damaged_original_is_named(order):
    asked = order(printed())
    asked.original.write_bytes(asked.original.read_bytes()[:20000])
    with pytest.raises(errors.UnreadableInput, match=r"page\.jpg"):
        work_page(asked)


# --- the text ---------------------------------------------------------------------------------


def ink_share(page, word) -> float:
    """How dark the clean page is where a word is said to stand."""
    pixels = load.load(page.clean, DPI).picture.grey
    box = word.box
    return float((pixels[box.y : box.y + box.height, box.x : box.x + box.width] < 128).mean())


@pytest.mark.parametrize("lean", [0.0, 2.5])
def test_words_are_read_and_lie_on_their_ink(order, lean):
    page = work_page(order(leaning(printed(8), lean), reading="quick"))
    assert page.text.plain.splitlines().count(LINE) >= 6
    words = [word for line in page.text.lines for word in line.words if len(word.text) > 2]
    assert min(ink_share(page, word) for word in words) > 0.08


def test_page_not_to_be_read_has_no_engine(order):
    assert work_page(order(printed())).text.engine == ""


def test_blank_page_is_told_and_not_read(order):
    page = work_page(order(paper(), reading="quick"))
    assert FindingKind.BLANK in kinds(page)
    assert page.text.engine == ""


@pytest.mark.parametrize("fed", [90, 180, 270])
def test_page_fed_the_wrong_way_up_is_turned_and_told(order, fed):
    pixels = np.rot90(printed(), fed // 90).copy()
    page = work_page(order(pixels, reading="quick"))
    lay = FindingKind.UPSIDE_DOWN if fed == 180 else FindingKind.SIDEWAYS
    (finding,) = [one for one in page.findings if one.kind is lay]
    assert finding.measure == fed
    assert LINE in page.text.plain
    assert page.height > page.width


def test_turn_of_the_clerk_is_never_overruled(order):
    page = work_page(order(printed(), reading="quick", rotation=180))
    assert FindingKind.UPSIDE_DOWN not in kinds(page)
    clean = load.load(page.clean, DPI).picture.grey
    assert (clean[-260:] < 128).sum() > (clean[:260] < 128).sum()


# --- the cache --------------------------------------------------------------------------------


def stamps(folder: Path) -> dict[str, int]:
    return {one.name: one.stat().st_mtime_ns for one in folder.iterdir()}


def test_second_call_takes_the_cache_and_writes_nothing(order):
    asked = order(leaning(printed(), 1.0))
    first, made = work_page(asked), stamps(asked.folder)
    assert work_page(asked) == first
    assert stamps(asked.folder) == made


@pytest.mark.parametrize("changes", [{"rotation": 90}, {"deskew": False}, {"dpi": 150.0}])
def test_other_order_is_worked_anew(order, changes):
    asked = order(leaning(printed(), 1.0))
    first = work_page(asked)
    assert work_page(msgspec.structs.replace(asked, **changes)) != first


@pytest.mark.parametrize("name", ["clean.tif", "thumbnail.jpg", "page.jpg", RECORD])
@pytest.mark.parametrize("content", [None, b""])
def test_cache_that_is_not_whole_is_made_again(order, name, content):
    asked = order(leaning(printed(), 1.0))
    first = work_page(asked)
    lost = asked.folder / name
    size = lost.stat().st_size
    lost.unlink() if content is None else lost.write_bytes(content)
    assert work_page(asked) == first
    assert lost.stat().st_size == size


# --- the worker -------------------------------------------------------------------------------


def character(_: int) -> tuple[int, bool, int]:
    """What kind of process this is: niceness, deaf to Ctrl-C, and its number."""
    deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return os.getpriority(os.PRIO_PROCESS, 0), deaf, os.getpid()


@pytest.fixture
def pool():
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=spawn, initializer=start_worker, initargs=("vi",)
    ) as made:
        yield made


def test_worker_is_polite_and_deaf_to_ctrl_c(pool):
    niceness, deaf, number = pool.submit(character, 0).result()
    assert niceness > os.getpriority(os.PRIO_PROCESS, 0)
    assert deaf
    assert number != os.getpid()


def test_worker_s_error_reaches_the_clerk_whole(pool, order):
    asked = order(printed())
    asked.original.write_bytes(b"no image")
    with pytest.raises(errors.UnreadableInput) as told:
        pool.submit(work_page, asked).result()
    assert "page.jpg" in told.value.sentence("vi")
    assert pool.submit(work_page, order(printed(), "other.jpg")).result().width == 1654


def work_until_parent_dies(ready):
    """A parent that is killed while its pool waits for work."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=start_worker, initargs=("vi",))
    ready.send(pool.submit(os.getpid).result())
    os.kill(os.getpid(), signal.SIGKILL)


def test_worker_ends_when_its_parent_is_killed():
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    parent = spawn.Process(target=work_until_parent_dies, args=(theirs,))
    parent.start()
    worker = os.pidfd_open(ours.recv())
    parent.join()
    ended, _, _ = select.select([worker], [], [], 20)
    os.close(worker)
    assert ended


def test_two_workers_never_work_the_same_page_at_once_and_a_dead_one_s_image_goes(order):
    asked = order(printed())
    left = asked.folder / "reading-left"
    left.mkdir()
    spawn = multiprocessing.get_context("spawn")
    with (asked.folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            waiting = pool.submit(work_page, asked)
            assert not (asked.folder / RECORD).exists()
            assert left.exists()
            fcntl.flock(held, fcntl.LOCK_UN)
            assert waiting.result().width == 1654
    assert not left.exists()


def test_a_disk_that_fills_up_in_the_middle_of_a_page_is_told_as_that(order, tmp_path):
    with small_disk(tmp_path / "disk", 1) as disk:
        with pytest.raises(errors.DiskFull):
            work_page(order(printed(), reading="quick", folder=disk))
        assert [path.name for path in disk.iterdir() if path.is_dir()] == []


def test_worker_count_stays_within_cores_and_memory():
    assert 1 <= worker_count() <= len(os.sched_getaffinity(0))


def test_page_not_read_in_time_stays_without_text_and_says_so(order):
    page = work_page(order(printed(), reading="quick", reading_limit_s=0.01))
    assert page.text.lines == ()
    assert FindingKind.UNREAD in kinds(page)


def test_page_read_in_time_does_not_say_so(order):
    page = work_page(order(printed(), reading="quick"))
    assert page.text.lines
    assert FindingKind.UNREAD not in kinds(page)


# --- keeping ----------------------------------------------------------------------------------


def test_page_kept_in_layers_is_smaller_and_cached_apart(order):
    asked = order(printed(8))
    whole = work_page(asked)
    layered = work_page(msgspec.structs.replace(asked, keeping="layered"))
    assert (whole.paper, len(layered.layers)) == (None, 1)
    assert layered.paper is not None
    assert layered.layers[0].mask
    assert layered.layers[0].path.stat().st_size < 0.3 * whole.layers[0].path.stat().st_size
    assert work_page(asked) == whole


# --- paper on a larger bed --------------------------------------------------------------------


def on_dark_bed(pixels, lean):
    height, width = pixels.shape
    bed = np.full((height + 300, width + 300), 25, np.uint8)
    bed[150 : 150 + height, 150 : 150 + width] = pixels
    matrix = cv2.getRotationMatrix2D(((width + 299) / 2, (height + 299) / 2), lean, 1.0)
    return cv2.warpAffine(bed, matrix, bed.shape[::-1], borderValue=(25,))


@pytest.mark.parametrize("lean", [0.0, 1.5])
def test_page_on_a_dark_bed_is_kept_as_its_paper_alone(order, lean):
    asked = order(on_dark_bed(printed(), lean), name="page.png")
    before = asked.original.read_bytes()
    page = work_page(asked)
    assert 210 <= page.width / DPI * 25.4 <= 215
    assert 297 <= page.height / DPI * 25.4 <= 302
    assert abs(page.skew + lean) < 0.05
    assert page.cropped is not None
    assert not kinds(page)
    assert asked.original.read_bytes() == before


def test_words_of_a_cropped_and_turned_page_lie_over_its_ink(order):
    page = work_page(order(on_dark_bed(printed(lines=4), 1.5), name="page.png", reading="quick"))
    shown = np.asarray(Image.open(page.clean).convert("L"))
    words = [word for line in page.text.lines for word in line.words]
    assert len(words) >= 40
    for box in (word.box for word in words):
        part = shown[box.y : box.y + box.height, box.x : box.x + box.width]
        assert 0.05 < (part < 128).mean() < 0.6


def test_bed_stays_where_the_profile_changes_no_geometry(order):
    asked = order(on_dark_bed(printed(), 0.0), name="page.png", deskew=False)
    page = work_page(asked)
    assert page.clean == asked.original
    assert page.cropped is None


def test_page_without_a_bed_says_that_nothing_was_cropped(order):
    assert work_page(order(printed())).cropped is None
