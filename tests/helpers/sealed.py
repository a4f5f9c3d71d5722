"""Real packages with little inside, for whoever only carries them."""

import hashlib
import random
from pathlib import Path

from scanstation.model.clock import SystemClock, new_id
from scanstation.model.delivery import Announcement, announcement_of
from scanstation.model.manifest import ComponentEntry, ComponentFile, Manifest
from scanstation.model.sealing import PAYLOAD
from scanstation.model.signing import StationSigner
from scanstation.package.read import read_package
from scanstation.package.write import write_package
from scanstation.signing import station as station_key

STATION = "tram-1"


def station(folder: Path, name: str = "station-key.json") -> StationSigner:
    """A station's key in `folder`, made on first use."""
    path = folder / name
    return station_key.load(path) if path.exists() else station_key.create(path)


def seal_package(
    outbox: Path,
    signer: StationSigner,
    sequence: int,
    size: int = 20_000,
    *,
    demo: bool = False,
    station_id: str = STATION,
) -> Path:
    """A package of about `size` bytes lying in `outbox`."""
    now = SystemClock().now()
    content = outbox.parent / f"content-{sequence}.pdf"
    content.write_bytes(random.Random(sequence).randbytes(size))
    place = f"{PAYLOAD}/01-to-khai.pdf"
    file = ComponentFile(
        path=place,
        sha256=hashlib.sha256(content.read_bytes()).hexdigest(),
        size=size,
        pages=1,
        claim="as received",
    )
    manifest = Manifest(
        package=new_id(now),
        dossier=new_id(now),
        procedure="1.001612",
        procedure_title="Thủ tục",
        applicant="Lò Thị Mai",
        agency="UBND xã Tân Hợp",
        station=station_id,
        sequence=sequence,
        sealed_at="2026-01-05T08:00:00+07:00",
        clerk="duong",
        clerk_name="Nguyễn Thị Đường",
        software="scanstation test",
        demo=demo,
        components=(ComponentEntry(number=1, id="to-khai", title="Tờ khai", files=(file,)),),
    )
    target = outbox / f"{manifest.package}.ssp.zip"
    write_package(manifest, {place: content}, b"[]", signer, target)
    content.unlink()
    return target


def station_id(folder: Path) -> str:
    """A station name of a test's own, so that tests may share a receiver."""
    return f"tram-{abs(hash(folder)):x}"


def announced(package: Path) -> Announcement:
    """What a station says of that package."""
    return announcement_of(read_package(package))
