"""The store without HTTP; packages here are JSON so that a test can lie about them."""

import hashlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from scanstation import errors
from scanstation.central import CentralOptions
from scanstation.central.refusal import Refusal
from scanstation.central.store import Store
from scanstation.model.clock import FrozenClock, SystemClock, new_id
from scanstation.model.delivery import Announcement, ReceiptClaims
from scanstation.model.manifest import Manifest, PackageReport
from scanstation.sync.wire import Code, Holding

NOW = SystemClock().now()


class Words(msgspec.Struct, kw_only=True):
    package: str
    dossier: str
    station: str
    sequence: int
    demo: bool = False
    key: str = "key-1"
    filler: str = "x" * 3000
    supersedes: str = ""
    corrects: str = ""
    supplements: str = ""


def read(path: Path) -> PackageReport:
    data = path.read_bytes()
    try:
        words = msgspec.json.decode(data, type=Words)
    except msgspec.DecodeError as fault:
        raise errors.PackageDamaged(file=path.name, problem="not a package") from fault
    manifest = Manifest(
        package=words.package,
        dossier=words.dossier,
        station=words.station,
        sequence=words.sequence,
        demo=words.demo,
        procedure="1.004873",
        procedure_title="",
        applicant="",
        agency="",
        sealed_at="",
        clerk="",
        clerk_name="",
        software="",
        supersedes=words.supersedes,
        corrects=words.corrects,
        supplements=words.supplements,
        components=(),
    )
    return PackageReport(
        manifest=manifest,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        station_key=words.key,
    )


def package(**changes) -> tuple[Announcement, bytes]:
    words = Words(package=new_id(NOW), dossier=new_id(NOW), station="tram-1", sequence=1)
    words = msgspec.structs.replace(words, **changes)
    return announced(msgspec.json.encode(words), words), msgspec.json.encode(words)


def announced(data: bytes, words: Words) -> Announcement:
    return Announcement(
        package=words.package,
        dossier=words.dossier,
        station=words.station,
        sequence=words.sequence,
        demo=words.demo,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


class Sealer:
    """Receipts that say how many were made, so that a second signing shows."""

    def __init__(self):
        self.made = 0

    def __call__(self, payload: bytes) -> str:
        self.made += 1
        return f"{self.made}." + payload.decode()


def claims_of(receipt: str) -> ReceiptClaims:
    return msgspec.json.decode(receipt.split(".", 1)[1], type=ReceiptClaims)


@pytest.fixture
def sealer():
    return Sealer()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "central"


def opened(root: Path, sealer: Sealer, **options) -> Store:
    return Store(root, CentralOptions(**options), FrozenClock(NOW), read, sealer)


@pytest.fixture
def store(root, sealer):
    with opened(root, sealer) as store:
        yield store


def put(store: Store, announcement: Announcement, data: bytes) -> None:
    store.announce(announcement)
    arrival = store.arrival(announcement)
    arrival.write(store.offset(announcement), data[store.offset(announcement) :])
    arrival.settle()


def held(root: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((root / "packages").rglob("*.ssp.zip"))]


def refused(code: Code):
    return pytest.raises(Refusal, match=f"^{code}:")


def test_a_committed_package_is_kept_byte_for_byte_and_its_receipt_says_what_it_is(store, root):
    words, data = package(sequence=5)
    put(store, words, data)
    claims = claims_of(store.commit(words))
    assert held(root) == [data]
    assert (claims.package, claims.sha256, claims.size) == (words.package, words.sha256, words.size)
    assert (claims.station, claims.sequence, claims.server_sequence) == ("tram-1", 5, 1)


def test_a_commit_asked_twice_gives_the_identical_receipt_and_one_effect(store, root, sealer):
    words, data = package()
    put(store, words, data)
    assert store.commit(words) == store.commit(words)
    assert sealer.made == 1 and len(held(root)) == 1


def test_the_receipt_is_identical_after_a_restart(root, sealer):
    words, data = package()
    with opened(root, sealer) as store:
        put(store, words, data)
        first = store.commit(words)
    with opened(root, Sealer()) as store:
        accepted, _ = store.announce(words)
        assert accepted.state is Holding.STORED and accepted.offset == words.size
        assert store.commit(words) == first


def test_what_the_archive_took_away_is_not_asked_for_again_and_its_receipt_stays(store, root):
    words, data = package()
    put(store, words, data)
    first = store.commit(words)
    (kept,) = (root / "packages").rglob("*.ssp.zip")
    kept.unlink()
    assert store.announce(words)[0].state is Holding.STORED
    assert store.commit(words) == first
    assert list((root / "incoming").iterdir()) == []


def test_the_register_gives_one_receipt_however_often_it_is_asked(store):
    words, _ = package()
    store.register.enter(words, "now")
    receipts = [store.register.settle(words, "now", "key-1", str) for _ in range(3)]
    assert receipts == ["1", "1", "1"]


def test_server_sequences_count_without_a_gap(store):
    numbers = []
    for sequence in (1, 2, 3):
        words, data = package(sequence=sequence)
        put(store, words, data)
        numbers.append(claims_of(store.commit(words)).server_sequence)
    assert numbers == [1, 2, 3]


def test_a_repeated_announcement_keeps_what_arrived(store):
    words, data = package()
    store.announce(words)
    arrival = store.arrival(words)
    arrival.write(0, data[:700])
    arrival.settle()
    accepted, fresh = store.announce(words)
    assert (accepted.offset, fresh, accepted.state) == (700, False, Holding.RECEIVING)


def test_the_same_id_with_other_bytes_raises_the_fork_alarm(store):
    words, _ = package()
    store.announce(words)
    other = msgspec.structs.replace(words, sha256="ab" * 32)
    with refused(Code.FORK):
        store.announce(other)
    assert [alarm.package for alarm in store.register.alarms(10)] == [words.package]


def test_the_same_station_and_sequence_with_other_bytes_raises_the_fork_alarm(store):
    store.announce(package(sequence=4)[0])
    clone = package(sequence=4)[0]
    with refused(Code.FORK):
        store.announce(clone)
    assert [alarm.station for alarm in store.register.alarms(10)] == ["tram-1"]


def test_two_stations_may_use_the_same_sequence(store):
    store.announce(package(sequence=4)[0])
    _, fresh = store.announce(package(sequence=4, station="tram-2")[0])
    assert fresh


def test_a_station_whose_key_changed_gets_no_receipt(store, root):
    for sequence, key in ((1, "key-1"), (2, "key-2")):
        words, data = package(sequence=sequence, key=key)
        put(store, words, data)
        if key == "key-1":
            store.commit(words)
    with refused(Code.FORK):
        store.commit(words)
    assert store.row(words.package).receipt == ""


def test_bytes_that_arrived_altered_are_dropped_and_can_be_sent_again(store, root):
    words, data = package()
    put(store, words, data[:-1] + b"?")
    with refused(Code.ALTERED):
        store.commit(words)
    assert store.announce(words)[0].offset == 0
    put(store, words, data)
    store.commit(words)
    assert held(root) == [data]


def test_bytes_that_are_no_package_are_never_held(store, root):
    words, _ = package()
    junk = b"%" * 500
    words = msgspec.structs.replace(words, sha256=hashlib.sha256(junk).hexdigest(), size=len(junk))
    put(store, words, junk)
    with refused(Code.PACKAGE):
        store.commit(words)
    assert held(root) == []


def test_a_package_that_contradicts_its_announcement_is_never_held(store, root):
    words, data = package(sequence=1)
    lying = msgspec.structs.replace(words, sequence=2)
    put(store, lying, data)
    with refused(Code.PACKAGE):
        store.commit(lying)
    assert held(root) == []


def test_a_demo_package_is_refused_in_production_even_when_the_announcement_hides_it(store):
    with refused(Code.DEMO):
        store.announce(package(demo=True)[0])
    words, data = package(demo=True)
    hiding = msgspec.structs.replace(words, demo=False)
    put(store, hiding, data)
    with refused(Code.PACKAGE):
        store.commit(hiding)


def test_a_demo_receiver_takes_demo_packages_and_its_receipt_says_demo(root, sealer):
    words, data = package(demo=True)
    with opened(root, sealer, production=False) as store:
        put(store, words, data)
        assert claims_of(store.commit(words)).demo is True


def test_an_unfinished_package_cannot_be_committed(store):
    words, data = package()
    put(store, words, data[:-1])
    with refused(Code.UNFINISHED):
        store.commit(words)


def test_a_package_that_was_never_announced_is_unknown(store):
    with refused(Code.UNKNOWN):
        store.commit(package()[0])


def test_when_the_incoming_file_is_lost_the_station_is_asked_to_announce_again(store, root):
    words, data = package()
    put(store, words, data)
    (root / "incoming" / words.package).unlink()
    with refused(Code.UNKNOWN):
        store.offset(words)
    assert store.announce(words)[0].offset == 0


def test_a_crash_between_rename_and_register_is_finished_by_the_same_commit(root, sealer):
    words, data = package()
    with opened(root, sealer) as store:
        put(store, words, data)
    kept = root / "packages" / "tram-1" / f"{words.package}.ssp.zip"
    kept.parent.mkdir()
    (root / "incoming" / words.package).rename(kept)
    with opened(root, sealer) as store:
        accepted, _ = store.announce(words)
        assert (accepted.state, accepted.offset) == (Holding.RECEIVING, words.size)
        claims = claims_of(store.commit(words))
    assert claims.server_sequence == 1 and held(root) == [data]


def test_a_crash_between_register_and_incoming_file_is_finished_by_the_same_announcement(
    root, sealer
):
    words, _ = package()
    with opened(root, sealer) as store:
        store.announce(words)
    (root / "incoming" / words.package).unlink()
    with opened(root, sealer) as store:
        accepted, fresh = store.announce(words)
    assert (accepted.offset, fresh) == (0, False)


def test_too_large_a_package_is_refused_before_it_is_sent(root, sealer):
    with opened(root, sealer, max_package=100) as store, refused(Code.TOO_LARGE):
        store.announce(package()[0])


def test_a_package_that_would_fill_the_disk_is_refused_before_it_is_sent(root, sealer):
    with opened(root, sealer, spare=2**62) as store, refused(Code.FULL):
        store.announce(package()[0])


@pytest.mark.parametrize(
    "lie",
    [
        {"package": "../../etc/passwd"},
        {"package": "0193F2C5-0000-7000-8000-000000000000"},
        {"station": "../x"},
        {"station": ""},
        {"station": "a" * 65},
        {"sha256": "AB" * 32},
        {"size": 0},
        {"size": -1},
        {"sequence": 0},
        {"version": 1},
        {"dossier": "x"},
    ],
)
def test_an_announcement_that_cannot_be_true_is_refused(lie, store, root):
    with refused(Code.MALFORMED):
        store.announce(msgspec.structs.replace(package()[0], **lie))
    assert list((root / "incoming").iterdir()) == []


def test_receipts_of_a_station_come_in_server_order_and_in_pages(store):
    for sequence in range(1, 6):
        words, data = package(sequence=sequence, filler="")
        put(store, words, data)
        store.commit(words)
    first = store.receipts("tram-1", 0, limit=3)
    second = store.receipts("tram-1", first.receipts[-1].server_sequence, limit=3)
    numbers = [one.server_sequence for page in (first, second) for one in page.receipts]
    assert numbers == list(range(1, 6)) and first.more and not second.more
    assert store.receipts("tram-2", 0).receipts == ()


def test_a_store_of_a_newer_version_is_left_alone(root, sealer):
    opened(root, sealer).register.close()
    with sqlite3.connect(root / "register.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(errors.StoreNewer):
        opened(root, sealer)


def test_a_register_that_is_no_database_is_reported_and_kept(root, sealer):
    root.mkdir()
    (root / "register.sqlite3").write_bytes(b"something else entirely" * 100)
    with pytest.raises(errors.StoreDamaged):
        opened(root, sealer)
    assert (root / "register.sqlite3").read_bytes().startswith(b"something else")


def test_the_register_is_kept_in_the_durable_way(store):
    database = store.register._database
    assert database.execute("PRAGMA journal_mode").fetchone() == ("truncate",)
    assert database.execute("PRAGMA synchronous").fetchone() == (3,)


@pytest.mark.parametrize("same", ["package", "sha256", "sequence"])
def test_the_register_itself_has_no_room_for_a_second_package_in_one_place(same, store):
    store.announce(package(sequence=1)[0])
    fresh = {"package": "'p2'", "sha256": "'s2'", "sequence": "2"} | {same: same}
    with pytest.raises(sqlite3.IntegrityError):
        store.register._database.execute(
            "INSERT INTO package (package, dossier, station, sequence, sha256, size, demo,"
            f" announced_at) SELECT {fresh['package']}, dossier, station, {fresh['sequence']},"
            f" {fresh['sha256']}, size, demo, announced_at FROM package"
        )
