import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from scanstation.model.manifest import ComponentEntry, ComponentFile, Manifest
from scanstation.model.sealing import PAYLOAD
from scanstation.model.signing import StationSigner
from scanstation.package.write import write_package
from scanstation.signing import station

PACKAGE = "01980000-0000-7000-8000-000000000001"
EVENTS = b'[{"version":1,"number":1}]'


@dataclass(frozen=True)
class Ingredients:
    """What a package is made of; `bake(target)` makes it."""

    manifest: Manifest
    files: dict[str, Path]
    signer: StationSigner
    events: bytes = EVENTS

    def bake(self, target: Path) -> Path:
        write_package(self.manifest, self.files, self.events, self.signer, target)
        return target

    def but(self, **changes: object) -> "Ingredients":
        """The same with other words in the manifest."""
        manifest = msgspec.structs.replace(self.manifest, **changes)
        return Ingredients(manifest, self.files, self.signer, self.events)


Gather = Callable[[dict[str, bytes]], Ingredients]


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    """`gather({"01-a.pdf": b"%PDF…"})`: real files, a true manifest, a real station key."""
    signer = station.create(tmp_path / "station.key")
    folder = tmp_path / "made"
    folder.mkdir()

    def gathered(contents: dict[str, bytes]) -> Ingredients:
        files, entries = {}, []
        for number, (name, content) in enumerate(contents.items(), start=1):
            (folder / name).write_bytes(content)
            files[f"{PAYLOAD}/{name}"] = folder / name
            entries.append(_entry(number, name, content))
        return Ingredients(_manifest(tuple(entries)), files, signer)

    return gathered


@pytest.fixture
def ingredients(gather: Gather) -> Ingredients:
    """Two small components."""
    return gather({"01-to-khai.pdf": b"%PDF-1.7 one", "02-cccd.pdf": b"%PDF-1.7 two" * 9})


def _entry(number: int, name: str, content: bytes) -> ComponentEntry:
    file = ComponentFile(
        path=f"{PAYLOAD}/{name}",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=2,
        claim="PDF/A-2u",
    )
    return ComponentEntry(number=number, id=name[3:-4], title=name, files=(file,), scanned=2)


def _manifest(components: tuple[ComponentEntry, ...]) -> Manifest:
    return Manifest(
        package=PACKAGE,
        dossier="01980000-0000-7000-8000-0000000000d0",
        procedure="1.004873",
        procedure_title="Xác nhận tình trạng hôn nhân",
        applicant="Nguyễn Văn A",
        agency="UBND xã Thử",
        station="thu-01",
        sequence=7,
        previous="a" * 64,
        sealed_at="2026-07-01T09:00:00+07:00",
        clerk="lan",
        clerk_name="Trần Thị Lan",
        software="scanstation 0.1.0",
        components=components,
    )
