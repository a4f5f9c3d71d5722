"""A station killed, unplugged or full at any call that writes: nothing announced is lost.

Sixty points and more run as a long proof, a few every day; all of them in `scripts/bench crash`.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanstation import durable, errors
from scanstation.model.acts import PagesGiven
from tests.crash.aftermath import broken_promises, lost_on_disk
from tests.crash.desk import at_desk, set_up
from tests.crash.ground import Disk, Folder, HarnessFault, disk
from tests.crash.matrix import FILLING, Matrix, Point, sample
from tests.crash.paper import CLERK, Kit, make_kit
from tests.crash.storm import storm
from tests.crash.strace import Say, traced
from tests.crash.verbs import SPOILS, VERBS, finish, open_
from tests.helpers.parts import requires_part

pytestmark = requires_part("strace")
Prove = Callable[[str], None]

EVERY_DAY, LONG = 4, 60
"""Points of each kind of stop, at least; each verb has one."""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    return make_kit(tmp_path_factory.mktemp("kit") / "kit")


@pytest.fixture(scope="module")
def kills(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    work = tmp_path_factory.mktemp("kill")
    return Matrix(Folder(work), kit, work)


@pytest.fixture(scope="module")
def cuts(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    work = tmp_path_factory.mktemp("power")
    with disk(work) as ground:
        yield Matrix(ground, kit, work)


@pytest.fixture
def prove(record_property: Callable[[str, object], None]) -> Prove:
    """Say what was measured, in the log of the run."""
    return lambda sentence: record_property("proof", sentence)


def survived(points: tuple[Point, ...], stop: Callable[[Point], tuple[str, ...]]) -> str:
    """Stop at each point; every broken promise of all of them is the failure's message."""
    broken = {str(point): found for point in points if (found := stop(point))}
    assert not broken
    verbs = Counter(point.verb for point in points)
    return f"{len(points)} points, 0 broken promises ({dict(verbs)})"


# --- kill -9 ----------------------------------------------------------------------------------


def test_killed_at_a_few_calls_of_every_verb_nothing_announced_is_lost(
    kills: Matrix, prove: Prove
) -> None:
    prove(survived(sample(kills.points(), EVERY_DAY), kills.promises_after))


@pytest.mark.long
def test_killed_at_sixty_calls_nothing_announced_is_lost(kills: Matrix, prove: Prove) -> None:
    points = kills.points()
    assert len(points) > 400, "the calls of all verbs were counted"
    prove(survived(sample(points, LONG), kills.promises_after))


def test_ten_kills_at_random_moments_lose_no_announced_page(
    kit: Kit, tmp_path: Path, prove: Prove
) -> None:
    weather = storm(tmp_path, kit, kills=10, seed=1)
    prove(f"{weather.kills} random kills, {weather.announced} pages announced")
    assert weather.broken == ()
    assert weather.announced > 20, "most kills came after pages were announced"


@pytest.mark.long
def test_sixty_kills_at_random_moments_lose_no_announced_page(
    kit: Kit, tmp_path: Path, prove: Prove
) -> None:
    weather = storm(tmp_path, kit, kills=60, seed=2)
    prove(f"{weather.kills} random kills, {weather.announced} pages announced")
    assert weather.broken == ()
    assert weather.announced > 120


# --- power cut --------------------------------------------------------------------------------


@requires_part("disk-image")
@pytest.mark.root
def test_unplugged_at_a_few_calls_of_every_verb_nothing_announced_is_lost(
    cuts: Matrix, prove: Prove
) -> None:
    prove(survived(sample(cuts.points(), EVERY_DAY), cuts.promises_after))


@pytest.mark.long
@requires_part("disk-image")
@pytest.mark.root
@pytest.mark.timeout(300)
def test_unplugged_at_sixty_calls_nothing_announced_is_lost(cuts: Matrix, prove: Prove) -> None:
    prove(survived(sample(cuts.points(), LONG), cuts.promises_after))


@requires_part("disk-image")
@pytest.mark.root
@pytest.mark.parametrize(
    ("verb", "loss"), [("scan", "announced page"), ("edit", "was announced"), ("seal", "package")]
)
def test_without_fsync_the_same_power_cut_is_noticed_to_lose_what_was_announced(
    cuts: Matrix, verb: str, loss: str
) -> None:
    """The negative control: were this to pass unnoticed, no other result here would count."""
    after_its_last_word = Point(verb, None)
    assert cuts.promises_after(after_its_last_word) == ()
    broken = cuts.promises_after(after_its_last_word, syncing=False)
    assert any(loss in sentence for sentence in broken), broken


# --- full disk --------------------------------------------------------------------------------


def fillable(matrix: Matrix) -> tuple[Point, ...]:
    return tuple(one for one in matrix.points() if one.call and one.call.syscall in FILLING)


def test_full_at_a_few_calls_of_every_verb_the_clerk_is_told_and_nothing_is_lost(
    kills: Matrix, prove: Prove
) -> None:
    prove(survived(sample(fillable(kills), EVERY_DAY), kills.promises_when_full))


@pytest.mark.long
def test_full_at_sixty_calls_the_clerk_is_told_and_nothing_is_lost(
    kills: Matrix, prove: Prove
) -> None:
    prove(survived(sample(fillable(kills), LONG), kills.promises_when_full))


@requires_part("disk-image")
@pytest.mark.root
def test_a_disk_of_8_mb_that_fills_up_while_scanning_loses_no_announced_page(
    kit: Kit, tmp_path: Path, prove: Prove
) -> None:
    with disk(tmp_path, megabytes=8) as ground:
        ground.lay(None)
        set_up(ground.station)
        ballast = ground.station.with_name("ballast")
        said = scanned_until_full(ground, kit, ballast)
        assert lost_on_disk(ground.station, said) == ()
        ground.crash()
        assert lost_on_disk(ground.station, said) == ()
        ballast.unlink()
        assert broken_promises(ground.station, said, kit) == ()
    prove(f"{len(said) - 1} pages announced on a disk of 8 MB before it was full, all intact")


def scanned_until_full(ground: Disk, kit: Kit, ballast: Path) -> list[str]:
    """Leave room for a few pages and scan; what was announced until the clerk was told."""

    def work(say: Say) -> None:
        with at_desk(ground.station, kit, say) as desk:
            open_(desk)
            free = shutil.disk_usage(ballast.parent).free
            durable.publish(ballast, bytes(free - 600_000))
            try:
                desk.scan("P" * 200)
            except errors.DiskFull as full:
                assert "Free some space" in full.sentence("en")
                say(f"refused {full.code}")

    *said, last = traced(work, ground.station).said
    assert last == "refused DiskFull"
    assert len(said) > 3, "pages were announced before the disk was full"
    return said


@requires_part("disk-image")
@pytest.mark.root
def test_no_scan_starts_on_a_disk_below_the_station_s_threshold(kit: Kit, tmp_path: Path) -> None:
    with disk(tmp_path, megabytes=8) as ground:
        ground.lay(None)
        set_up(ground.station, min_free_mb=500)
        with at_desk(ground.station, kit, lambda _: None) as desk:
            open_(desk)
            with pytest.raises(errors.DiskFull):
                desk.scan("P")
            assert desk.dossier.pages == ()


# --- what it costs ----------------------------------------------------------------------------


def test_a_page_costs_at_most_seven_fsyncs_and_none_for_its_cache(
    kills: Matrix, prove: Prove
) -> None:
    syncs, announced = kills.syncs("scan")
    prove(f"{len(syncs) / announced:.1f} fsyncs per announced page")
    assert announced == 4
    assert len(syncs) <= 7 * announced
    assert [call for call in syncs if "/cache/" in call.what] == []


# --- the proof has teeth ----------------------------------------------------------------------


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _forget_all_but_the_first(journal: Path) -> None:
    for entry in sorted(journal.glob("*.json"))[1:]:
        entry.unlink()


SPOILED: dict[str, tuple[str, Callable[[Path], None]]] = {
    "an original cut short": ("workspace/dossiers/*/originals/*", _cut_short),
    "an original gone": ("workspace/dossiers/*/originals/*", Path.unlink),
    "an entry cut short": ("workspace/dossiers/*/journal/000003.json", _cut_short),
    "an entry gone": ("workspace/dossiers/*/journal/000002.json", Path.unlink),
    "the last entries gone": ("workspace/dossiers/*/journal", _forget_all_but_the_first),
    "a package cut short": ("outbox/packages/*.ssp.zip", _cut_short),
    "a package gone": ("outbox/packages/*.ssp.zip", Path.unlink),
    "a ledger gone": ("outbox/ledger.sqlite", Path.unlink),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_station_is_noticed(kit: Kit, tmp_path: Path, how: str) -> None:
    said: list[str] = []
    set_up(tmp_path)
    with at_desk(tmp_path, kit, said.append) as desk:
        finish(desk)
    assert lost_on_disk(tmp_path, said) == ()
    pattern, spoil = SPOILED[how]
    spoil(next(tmp_path.glob(pattern)))
    assert lost_on_disk(tmp_path, said) != ()


def a_day_until(verb: str, folder: Path, kit: Kit) -> list[str]:
    """What was announced from the opening of the day to the end of `verb`."""
    said: list[str] = []
    set_up(folder)
    for name, work in VERBS.items():
        with at_desk(folder, kit, said.append) as desk:
            work(desk)
        if name == verb:
            break
    return said


def test_what_an_expunging_left_behind_is_noticed(kit: Kit, tmp_path: Path) -> None:
    said = a_day_until("expunge", tmp_path, kit)
    assert lost_on_disk(tmp_path, said) == ()
    secret = next(line for line in said if line.startswith("secret"))
    left = next(tmp_path.glob("workspace/dossiers/*/cache")) / "forgotten"
    left.write_bytes(bytes.fromhex(secret.rpartition(":")[2]))
    (broken,) = lost_on_disk(tmp_path, said)
    assert "is still in" in broken


def test_a_page_that_left_one_dossier_and_reached_no_other_is_noticed(
    kit: Kit, tmp_path: Path
) -> None:
    said = a_day_until("edit", tmp_path, kit)
    with at_desk(tmp_path, kit, said.append) as desk:
        page = desk.dossier.of("to-khai")[0].id
        desk.intake.record(desk.id, PagesGiven((page,), "nowhere"), CLERK)
    (broken,) = lost_on_disk(tmp_path, said)
    assert "arrived nowhere" in broken


SPOILED_RESCUES: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "the damaged journal gone": ("mend", "*/damaged-1", shutil.rmtree),
    "the damaged journal changed": ("mend", "*/damaged-1/000002.json", _cut_short),
    "an original gone": ("mend", "*/originals/*.png", Path.unlink),
    "what was taken in gone again": ("adopt", "*/journal/000003.json", Path.unlink),
    "what was set aside gone": ("set-aside", "*/set-aside/*.png", Path.unlink),
    "nobody's reason": ("set-aside", "*/set-aside/*.json", Path.unlink),
}


@pytest.mark.parametrize("how", SPOILED_RESCUES)
def test_a_spoiled_rescue_is_noticed(kit: Kit, tmp_path: Path, how: str) -> None:
    verb, pattern, spoil = SPOILED_RESCUES[how]
    set_up(tmp_path)
    said = SPOILS[verb](tmp_path, kit)
    with at_desk(tmp_path, kit, said.append) as desk:
        VERBS[verb](desk)
    assert lost_on_disk(tmp_path, said) == ()
    spoil(next(tmp_path.glob(f"workspace/dossiers/{pattern}")))
    assert lost_on_disk(tmp_path, said) != ()


def test_a_damaged_journal_that_nobody_mended_is_no_loss_but_a_changed_one_is(
    kit: Kit, tmp_path: Path
) -> None:
    set_up(tmp_path)
    said = SPOILS["mend"](tmp_path, kit)
    assert lost_on_disk(tmp_path, said) == ()
    _cut_short(next(tmp_path.glob("workspace/dossiers/*/journal/000002.json")))
    assert lost_on_disk(tmp_path, said) != ()


def test_a_page_nobody_kept_is_noticed(kit: Kit, tmp_path: Path) -> None:
    set_up(tmp_path)
    with at_desk(tmp_path, kit, lambda _: None) as desk:
        finish(desk)
    assert lost_on_disk(tmp_path, ["page 0 0.png"]) == ("announced page 0 is in no journal",)


@requires_part("disk-image")
@pytest.mark.root
def test_a_disk_that_stays_busy_is_a_fault_of_the_proof_and_not_a_loss(tmp_path: Path) -> None:
    with disk(tmp_path) as ground:
        ground.lay(None)
        with (ground.station / "held open").open("w"), pytest.raises(HarnessFault, match="busy"):
            ground.crash()
        ground.crash()
    assert not (tmp_path / "disk" / "station").exists(), "nothing is mounted any more"
