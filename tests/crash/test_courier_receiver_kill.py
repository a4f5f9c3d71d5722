"""SIGKILL for the courier or the receiver in every phase of a delivery; then all goes on.

Two real processes with a killer between them. Whatever dies wherever, each package is delivered
exactly once: one row, one file, one receipt, byte-equal, and the ledger knows it.
"""

import sqlite3
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scanstation import errors
from scanstation.durable import make_folder
from scanstation.model.clock import SystemClock
from scanstation.model.delivery import Delivery, QueueRow
from scanstation.outbox.folder import Outbox
from scanstation.sync.receipts import check_receipt
from tests.crash.killer import VICTIMS, Kill, Killer, plans
from tests.helpers import sealed
from tests.helpers.wiretap import PHASES

SIZE = 200_000
"""Bytes of a package: four PATCHes."""
LAST_TRIES = 5
"""Undisturbed passes in which everything has to be done."""


class Processes:
    """The courier and the receiver, started again whenever they are needed and gone."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.store = home / "central"
        self.receipt_key = ""
        self._receiver: subprocess.Popen[str] | None = None
        self._courier: subprocess.Popen[str] | None = None
        self.killer = Killer(0, self.kill)

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.killer.close()
        for process in (self._receiver, self._courier):
            if process is not None:
                _end(process)

    def kill(self, victim: str) -> None:
        process = self._courier if victim == "courier" else self._receiver
        assert process is not None and process.poll() is None, f"{victim} was dead already"
        process.kill()
        process.wait()

    def receive(self) -> None:
        """Have a living receiver behind the killer."""
        if self._receiver is not None and self._receiver.poll() is None:
            return
        if self._receiver is not None:
            _end(self._receiver)
        self._receiver = _start("central", "serve", "--root", self.store, "--port", 0)
        assert self._receiver.stdout is not None
        url, self.receipt_key = (self._receiver.stdout.readline().strip() for _ in range(2))
        self.killer.upstream = urlsplit(url).port or 0

    def deliver(self) -> int:
        """One pass of the courier; its exit code, negative when it was killed."""
        self.receive()
        station = self.home / "station"
        (station / "station.toml").write_text(
            'id = "T1"\nagency = "UBND xã Tân Hợp"\n[central]\n'
            f"url = \"{self.killer.url}\"\nreceipt_key = '{self.receipt_key}'\n"
            "patch_bytes = 65536\ntimeout_s = 5.0\n",
            encoding="utf-8",
        )
        self._courier = _start("sync", "--once", "--data-dir", station)
        self._courier.communicate(timeout=60)
        return self._courier.returncode


def _start(*words: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "scanstation.cli", "--quiet", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def kill_everywhere(home: Path, kills: list[Kill]) -> Counter[tuple[str, str]]:
    """Run deliveries through all `kills`, check after each, and finish undisturbed."""
    outbox = Outbox(make_folder(home / "station" / "outbox"), SystemClock())
    seal = partial(sealed.seal_package, outbox.folder, sealed.station(home))
    sent: dict[str, bytes] = {}
    with Processes(home) as both:
        for kill in kills:
            path = seal(len(sent) + 1, SIZE)
            sent[path.name] = path.read_bytes()
            both.killer.plan(kill)
            code = both.deliver()
            assert not both.killer.waiting, f"{kill} never came to pass"
            assert (code < 0) == (kill.victim == "courier"), f"{kill}: courier ended with {code}"
            nothing_false(outbox, both)
        for _ in range(LAST_TRIES):
            if both.deliver() == 0:
                break
        everything_once(outbox, both, sent)
        done = both.killer.done
    assert done == kills
    return Counter((kill.phase, kill.victim) for kill in done)


def nothing_false(outbox: Outbox, both: Processes) -> None:
    """What the ledger calls delivered is durably at central, under the very same receipt."""
    receipts = {row[0]: row[1] for row in _register(both.store)}
    for row in outbox.rows(Delivery.DELIVERED):
        assert receipts[row.package] == row.receipt
        assert _kept(both.store, row) == outbox.path_of(row).read_bytes()


def everything_once(outbox: Outbox, both: Processes, sent: dict[str, bytes]) -> None:
    """One row, one file and one valid receipt for each package, and an unbroken audit chain."""
    rows, register = outbox.rows(), _register(both.store)
    assert {row.file for row in rows} == set(sent)
    assert {row.state for row in rows} == {Delivery.DELIVERED}
    assert sorted(row[2] for row in register) == list(range(1, len(sent) + 1))
    assert len(list((both.store / "packages").rglob("*"))) == len(sent) + 1
    assert list((both.store / "incoming").iterdir()) == []
    nothing_false(outbox, both)
    for row in rows:
        assert _kept(both.store, row) == sent[row.file]
        words = sealed.announced(outbox.path_of(row))
        check_receipt(row.receipt, words, both.receipt_key)
    outbox.audit_check()


def _kept(store: Path, row: QueueRow) -> bytes:
    return (store / "packages" / sealed.STATION / row.file).read_bytes()


def _register(store: Path) -> list[tuple[str, str, int]]:
    database = sqlite3.connect(store / "register.sqlite3")
    try:
        return database.execute("SELECT package, receipt, server_sequence FROM package").fetchall()
    finally:
        database.close()


def shown(histogram: Counter[tuple[str, str]]) -> str:
    counts = (
        f"{phase} " + " + ".join(f"{histogram[phase, victim]} {victim}" for victim in VICTIMS)
        for phase in dict.fromkeys(PHASES.values())
    )
    return f"{sum(histogram.values())} kills: " + ", ".join(counts)


def test_eight_kills_over_all_phases_leave_exactly_one_delivery_each(tmp_path, record_property):
    histogram = kill_everywhere(tmp_path, plans(8, seed=1))
    record_property("proof", shown(histogram))
    assert len(histogram) == 8 and set(histogram.values()) == {1}


@pytest.mark.long
@pytest.mark.timeout(600)
def test_fifty_kills_at_random_points_leave_exactly_one_delivery_each(tmp_path, record_property):
    histogram = kill_everywhere(tmp_path, plans(50, seed=2))
    record_property("proof", shown(histogram))
    for phase in dict.fromkeys(PHASES.values()):
        assert sum(histogram[phase, victim] for victim in VICTIMS) >= 8


def test_the_proof_has_teeth_a_second_effect_or_a_forgotten_row_is_noticed(tmp_path):
    """The checks themselves, on a delivery that was tampered with afterwards."""
    outbox = Outbox(make_folder(tmp_path / "station" / "outbox"), SystemClock())
    path = sealed.seal_package(outbox.folder, sealed.station(tmp_path), 1, 5_000)
    sent = {path.name: path.read_bytes()}
    with Processes(tmp_path) as both:
        assert both.deliver() == 0
        everything_once(outbox, both, sent)
        (kept,) = (both.store / "packages").rglob(path.name)
        kept.write_bytes(b"altered")
        with pytest.raises(AssertionError):
            everything_once(outbox, both, sent)
        kept.write_bytes(sent[path.name])
        kept.with_name("twice").write_bytes(b"")
        with pytest.raises(AssertionError):
            everything_once(outbox, both, sent)
        kept.with_name("twice").unlink()
        with pytest.raises((AssertionError, errors.ReceiptInvalid)):
            everything_once(outbox, both, sent | {"lost": b""})
