import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scanstation import errors
from scanstation.model.clock import FrozenClock
from scanstation.model.delivery import QueueRow, ReceiptClaims
from scanstation.model.manifest import ComponentEntry, ComponentFile, Manifest, PackageReport
from scanstation.model.sealing import PAYLOAD
from scanstation.outbox.folder import Outbox
from scanstation.package.read import read_package
from scanstation.package.write import write_package
from scanstation.signing import jws, station

CLOCK = FrozenClock(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
RECEIPT = "ss-receipt+jws"
CONTENT = b"%PDF-1.7 paper"


def package_id(number: int) -> str:
    return f"01980000-0000-7000-8000-{number:012x}"


@dataclass(frozen=True)
class Station:
    """A station that seals real packages of one small PDF, and a central that signs receipts."""

    folder: Path
    signer: station.KeyFileSigner
    central: jws.Key
    name: str = "thu-01"

    @property
    def root(self) -> Path:
        return self.folder / "outbox"

    def outbox(self) -> Outbox:
        return Outbox(self.root, CLOCK)

    def write(self, target: Path, sequence: int, previous: str, number: int = 0) -> PackageReport:
        """A package file; its id is made from `number`, by default the sequence."""
        paper = self.folder / "paper.pdf"
        paper.write_bytes(CONTENT)
        manifest = self.manifest(number or sequence, sequence, previous)
        files = {manifest.components[0].files[0].path: paper}
        return write_package(manifest, files, b"[]", self.signer, target)

    def seal(self, outbox: Outbox) -> QueueRow:
        """One dossier from turn to row, as the story does it."""
        with outbox.sealing(read_package) as turn:
            target = outbox.target(package_id(turn.sequence))
            return outbox.admit(self.write(target, turn.sequence, turn.previous))

    def receipt(self, row: QueueRow, **changes: object) -> str:
        claims = ReceiptClaims(
            issuer="central",
            package=row.package,
            dossier=row.dossier,
            station=self.name,
            sha256=row.sha256,
            size=row.size,
            sequence=row.sequence,
            server_sequence=100 + row.sequence,
            received_at="2026-07-01T10:00:00+07:00",
        )
        claims = msgspec.structs.replace(claims, **changes)
        return self.central.seal(msgspec.json.encode(claims), RECEIPT)

    def check_receipt(self, receipt: str) -> ReceiptClaims:
        try:
            sealed = jws.unseal(receipt, RECEIPT, self.central.public_jwk)
        except errors.ScanStationError as fault:
            raise errors.ReceiptInvalid(package="?", problem=str(fault)) from fault
        return msgspec.json.decode(sealed.payload, type=ReceiptClaims)

    def manifest(self, number: int, sequence: int, previous: str) -> Manifest:
        file = ComponentFile(
            path=f"{PAYLOAD}/01-to-khai.pdf",
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            size=len(CONTENT),
            pages=1,
            claim="PDF/A-2u",
        )
        return Manifest(
            package=package_id(number),
            dossier=f"01980000-0000-7000-9000-{number:012x}",
            procedure="1.004873",
            procedure_title="Thử",
            applicant="Nguyễn Văn A",
            agency="UBND xã Thử",
            station=self.name,
            sequence=sequence,
            previous=previous,
            sealed_at="2026-07-01T09:00:00+07:00",
            clerk="lan",
            clerk_name="Trần Thị Lan",
            software="tests",
            components=(ComponentEntry(number=1, id="to-khai", title="Tờ khai", files=(file,)),),
        )


@pytest.fixture
def here(tmp_path: Path) -> Station:
    """The station of a test."""
    signer = station.create(tmp_path / "station.key")
    return Station(tmp_path, signer, jws.create_key(tmp_path / "central.key"))


@pytest.fixture
def outbox(here: Station) -> Outbox:
    return here.outbox()
