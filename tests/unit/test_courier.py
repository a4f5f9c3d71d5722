"""The courier between a real outbox and a real receiver, with a spoiler on the wire."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from scanstation import errors, i18n
from scanstation.central import CentralOptions
from scanstation.central.serve import running
from scanstation.courier import Courier
from scanstation.model.clock import SystemClock
from scanstation.model.delivery import Delivered, Delivery, Held, Sending, Waiting
from scanstation.model.profile import CentralSettings
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.signing import jws
from scanstation.sync.receipts import check_receipt
from scanstation.sync.tus import TusTransport
from scanstation.sync.wire import RECEIPT_TYP
from tests.helpers import sealed
from tests.helpers.flaky import FlakyCentral


@pytest.fixture(autouse=True)
def _english():
    before = i18n.language()
    i18n.choose("en")
    yield
    i18n.choose(before)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("central")


@pytest.fixture
def root(store, tmp_path):
    """Where central keeps the packages of this test's station."""
    return store / "packages" / sealed.station_id(tmp_path)


@pytest.fixture(scope="module")
def receiver(store):
    with running(store, options=CentralOptions(max_patch=64 * 1024)) as news:
        yield news


@pytest.fixture
def outbox(tmp_path):
    return Outbox(tmp_path / "station", SystemClock())


@pytest.fixture
def seal(tmp_path, outbox) -> Callable[..., Path]:
    """`seal(sequence, size)` puts a package into the outbox folder."""
    name = sealed.station_id(tmp_path)
    return partial(sealed.seal_package, outbox.folder, sealed.station(tmp_path), station_id=name)


@pytest.fixture
def courier(receiver, outbox):
    """`courier(script)` goes through a FlakyCentral with that script."""
    closing = []

    def make(script: str = "", key: str = "") -> Courier:
        spoiler = FlakyCentral(urlsplit(receiver.url).port, script)
        link = TusTransport(CentralSettings(url=spoiler.url, timeout_s=0.5))
        check = partial(check_receipt, key_jwk=key or receiver.receipt_key)
        closing.extend([lambda: link.__exit__(None, None, None), spoiler.close])
        made = Courier(outbox, link, read_package, check)
        made.spoiler = spoiler  # type: ignore[attr-defined]
        return made

    yield make
    for close in closing:
        close()


def states(outbox: Outbox) -> list[Delivery]:
    return [row.state for row in outbox.rows()]


def kept(root: Path) -> set[bytes]:
    return {path.read_bytes() for path in root.glob("*.ssp.zip")}


def test_everything_queued_is_delivered_in_the_station_s_sequence(courier, outbox, seal, root):
    paths = [seal(sequence) for sequence in (1, 2, 3)]
    events = list(courier().deliver())
    delivered = [event for event in events if isinstance(event, Delivered)]
    assert [event.receipt.sequence for event in delivered] == [1, 2, 3]
    numbers = [event.receipt.server_sequence for event in delivered]
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]
    assert states(outbox) == [Delivery.DELIVERED] * 3
    assert kept(root) == {path.read_bytes() for path in paths}


def test_progress_is_what_central_measured(courier, outbox, seal):
    size = seal(1, 150_000).stat().st_size
    offsets = [event.offset for event in courier().deliver() if isinstance(event, Sending)]
    assert offsets == sorted(set(offsets)) and offsets[-1] == size and len(offsets) == 3


def test_an_empty_queue_says_nothing_and_asks_nothing(courier):
    quiet = courier()
    assert list(quiet.deliver()) == [] and quiet.spoiler.seen == []


def test_what_is_delivered_is_not_sent_again(courier, seal):
    seal(1)
    list(courier().deliver())
    again = courier()
    assert list(again.deliver()) == [] and again.spoiler.seen == []


def test_a_damaged_package_is_held_and_the_next_one_goes(courier, outbox, seal, root):
    bad, good = seal(1), seal(2)
    outbox.scan(read_package)
    data = bytearray(bad.read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    events = list(courier().deliver())
    assert [type(event) for event in events] == [Held, Sending, Delivered]
    assert "altered" in events[0].reason
    assert states(outbox) == [Delivery.HELD, Delivery.DELIVERED]
    assert kept(root) == {good.read_bytes()}


def test_a_package_whose_file_is_gone_is_held(courier, outbox, seal):
    gone = seal(1)
    outbox.scan(read_package)
    gone.unlink()
    events = list(courier().deliver())
    assert [type(event) for event in events] == [Held]
    assert states(outbox) == [Delivery.HELD]


def test_another_genuine_package_under_the_queued_name_is_held(courier, outbox, seal, root):
    first = seal(1)
    outbox.scan(read_package)
    seal(1).rename(first)
    assert [type(event) for event in courier().deliver()] == [Held]
    assert states(outbox) == [Delivery.HELD] and kept(root) == set()


def test_a_refused_package_is_held_and_the_next_one_goes(courier, outbox, seal):
    seal(1, demo=True)
    seal(2)
    events = list(courier().deliver())
    assert [type(event) for event in events] == [Held, Sending, Delivered]
    assert "demo packages are not taken in production" in events[0].reason
    assert states(outbox) == [Delivery.HELD, Delivery.DELIVERED]


def test_a_clone_s_package_is_held_with_the_reason(receiver, courier, outbox, seal, tmp_path):
    clone = tmp_path / "clone"
    clone.mkdir()
    name = sealed.station_id(tmp_path)
    other = sealed.seal_package(clone, sealed.station(tmp_path), 1, station_id=name)
    with TusTransport(CentralSettings(url=receiver.url)) as link:
        link.announce(sealed.announced(other), other)
    seal(1)
    (held,) = courier().deliver()
    assert isinstance(held, Held) and "clone" in held.reason
    assert states(outbox) == [Delivery.HELD]


ENDS_THE_PASS = [
    ("PUT.drop", errors.CentralUnreachable),
    ("PUT.portal", errors.NotCentral),
    ("PUT.302", errors.NotCentral),
    ("PUT.truncated", errors.CentralUnreachable),
    ("PUT.503:7", errors.CentralBusy),
    ("PUT.507:7", errors.CentralBusy),
    ("PUT.401", errors.CentralDenied),
    ("PATCH.portal", errors.NotCentral),
    ("PATCH.302", errors.NotCentral),
    ("PATCH.503:7", errors.CentralBusy),
    ("PATCH.cut HEAD.drop", errors.CentralUnreachable),
    ("POST.drop", errors.CentralUnreachable),
    ("POST.portal", errors.NotCentral),
    ("POST.202:7", errors.CentralBusy),
    ("GET.drop", errors.CentralUnreachable),
    ("GET.portal", errors.NotCentral),
    ("GET.truncated", errors.CentralUnreachable),
    ("GET.drip", errors.CentralUnreachable),
    ("GET.404", errors.CentralBusy),
    ("GET.body:not.a.receipt", errors.ReceiptInvalid),
]


@pytest.mark.parametrize(("script", "state"), ENDS_THE_PASS, ids=[s for s, _ in ENDS_THE_PASS])
def test_a_fault_ends_the_pass_by_name_and_nothing_is_delivered_falsely(
    script, state, courier, outbox, seal, root
):
    path = seal(1, 100_000)
    spoiled = courier(script)
    with pytest.raises(errors.ScanStationError) as caught:
        list(spoiled.deliver())
    assert type(caught.value) is state and spoiled.spoiler.used_up
    assert states(outbox)[0] in (Delivery.QUEUED, Delivery.SENDING)
    assert isinstance(list(courier().deliver())[-1], Delivered)
    assert kept(root) == {path.read_bytes()} and states(outbox) == [Delivery.DELIVERED]


@pytest.mark.parametrize(
    "script", ["PATCH.drop", "PATCH.cut", "PATCH.404", "PATCH.409", "PATCH.413", "PATCH.altered"]
)
def test_a_fault_on_the_way_is_mended_within_the_pass(script, courier, outbox, seal, root):
    path = seal(1, 100_000)
    spoiled = courier(script)
    assert isinstance(list(spoiled.deliver())[-1], Delivered) and spoiled.spoiler.used_up
    assert kept(root) == {path.read_bytes()}


def test_a_package_that_arrives_altered_twice_is_held_and_the_next_one_goes(courier, outbox, seal):
    seal(1, 20_000)
    seal(2, 20_000)
    events = list(courier("PATCH.altered PATCH.altered").deliver())
    held = [event for event in events if isinstance(event, Held)]
    assert len(held) == 1 and "twice" in held[0].reason
    assert states(outbox) == [Delivery.HELD, Delivery.DELIVERED]


def test_a_receipt_signed_by_another_key_delivers_nothing_but_every_package_gets_its_turn(
    courier, outbox, seal, tmp_path, root
):
    paths = [seal(1), seal(2)]
    stranger = jws.create_key(tmp_path / "stranger.json").public_jwk
    with pytest.raises(errors.ReceiptInvalid, match="signature"):
        list(courier(key=stranger).deliver())
    assert Delivery.DELIVERED not in states(outbox)
    assert kept(root) == {path.read_bytes() for path in paths}
    assert sum(isinstance(event, Delivered) for event in courier().deliver()) == 2


def test_a_genuine_receipt_for_another_package_delivers_nothing(courier, outbox, seal):
    seal(1)
    list(courier().deliver())
    (first,) = outbox.rows()
    seal(2)
    with pytest.raises(errors.ReceiptInvalid, match="another package"):
        list(courier(f"GET.body:{first.receipt}").deliver())
    assert states(outbox)[1] is not Delivery.DELIVERED


def test_a_receipt_for_other_bytes_delivers_nothing(courier, outbox, seal, store):
    path = seal(1)
    central = jws.load_key(store / "receipt-key.json")
    words = sealed.announced(path)
    claims = (
        f'{{"issuer":"c","package":"{words.package}","dossier":"{words.dossier}",'
        f'"station":"{words.station}","sha256":"{"ab" * 32}","size":{words.size},'
        f'"sequence":1,"server_sequence":1,"received_at":"x"}}'
    )
    forged = central.seal(claims.encode(), RECEIPT_TYP)
    with pytest.raises(errors.ReceiptInvalid, match="another sha256"):
        list(courier(f"GET.body:{forged}").deliver())
    assert states(outbox) == [Delivery.SENDING]


def test_a_lost_answer_to_the_commit_gives_the_same_receipt_once(courier, outbox, seal, receiver):
    seal(1)
    with pytest.raises(errors.CentralUnreachable):
        list(courier("POST.drop").deliver())
    again = courier()
    (delivered,) = again.deliver()
    (row,) = outbox.rows()
    page = httpx.get(f"{receiver.url}/v1/receipts?station={delivered.receipt.station}").json()
    assert [one["receipt"] for one in page["receipts"]] == [row.receipt]
    assert [message.verb for message in again.spoiler.seen] == ["PUT", "GET"]


def test_two_couriers_do_not_work_at_once(courier, outbox, seal):
    seal(1)
    first = courier().deliver()
    next(first)
    with pytest.raises(errors.InUse):
        list(courier().deliver())
    first.close()
    assert isinstance(list(courier().deliver())[-1], Delivered)


def test_a_package_a_person_holds_while_it_goes_out_stays_held(courier, outbox, seal):
    seal(1, 150_000)
    seal(2)
    pass_ = courier().deliver()
    going = next(pass_)
    outbox.hold(going.package, "the clerk stopped it")
    rest = [type(event) for event in pass_]
    assert rest == [Sending, Delivered]
    assert states(outbox) == [Delivery.HELD, Delivery.DELIVERED]


def test_a_watch_delivers_at_start_then_at_a_wake_up_and_ends_at_stop(courier, outbox, seal):
    seal(1)
    stop, wake, events = threading.Event(), threading.Event(), []
    for event in courier().watch(stop, wake):
        events.append(event)
        if isinstance(event, Waiting) and len(outbox.rows()) == 1:
            assert event == Waiting(reason="", seconds=60.0)
            seal(2)
            wake.set()
        elif isinstance(event, Waiting):
            stop.set()
    assert states(outbox) == [Delivery.DELIVERED] * 2
    assert sum(isinstance(event, Delivered) for event in events) == 2


def test_a_watch_goes_on_after_a_fault_and_says_why_it_waits(courier, outbox, seal):
    seal(1)
    stop, wake, waits = threading.Event(), threading.Event(), []
    for event in courier("PUT.503:7 PUT.portal").watch(stop, wake):
        if isinstance(event, Waiting) and event.reason:
            waits.append(event)
            wake.set()
        elif isinstance(event, Waiting):
            stop.set()
    assert ["busy" in waits[0].reason, "login" in waits[1].reason] == [True, True]
    assert 7 <= waits[0].seconds < 8 and waits[1].seconds >= 60
    assert states(outbox) == [Delivery.DELIVERED]


def test_a_stopped_watch_ends_between_two_patches_and_gives_the_lock_back(courier, outbox, seal):
    seal(1, 150_000)
    stop = threading.Event()
    for event in courier().watch(stop, threading.Event()):
        assert isinstance(event, Sending)
        stop.set()
    assert states(outbox) == [Delivery.SENDING]
    assert isinstance(list(courier().deliver())[-1], Delivered)
