"""A dossier's component files, and the package that carries them into the outbox.

Scanned pages become one PDF/A per component; what came signed goes along byte for byte.
"""

from collections.abc import Generator, Sequence
from pathlib import Path

import msgspec

from scanstation.describing import identifier_of, record_of
from scanstation.document import Documents, Signature, order_of, piece_of
from scanstation.model import sealing
from scanstation.model.delivery import QueueRow
from scanstation.model.events import Event, FileWritten
from scanstation.model.sealing import Origin, Piece
from scanstation.model.signing import StationSigner
from scanstation.outbox.folder import Outbox
from scanstation.package.write import write_package
from scanstation.workspace.store import Holder


def pieces_of(
    documents: Documents, holder: Holder, scratch: Path, signature: Signature | None
) -> Generator[Event, None, list[Piece]]:
    """Write every component's file into `scratch`, signed where a signature is given."""
    pieces: list[Piece] = []
    for component in holder.dossier.procedure.components:
        if pages := holder.dossier.of(component.id):
            orders = [order_of(holder, page) for page in pages]
            target = scratch / f"{component.id}.pdf"
            facts = (orders, component.title, target, signature)
            report = yield from documents.make(
                *facts,
                record=record_of(holder.dossier, component, documents.agency),
                identifier=identifier_of(holder.dossier, component),
            )
            yield FileWritten(path=target, pages=len(pages), signed=signature is not None)
            pieces.append(piece_of(component.id, target, report, sealing.MADE))
        for kept, role in sealing.received(holder.dossier, component.id):
            path = holder.attachment(kept)
            found = documents.report(path)
            pieces.append(piece_of(component.id, path, found, sealing.RECEIVED, role))
    return pieces


def packed(
    holder: Holder, pieces: Sequence[Piece], origin: Origin, outbox: Outbox, station: StationSigner
) -> QueueRow:
    """Pack the pieces with the dossier's history and admit the package; the outbox is locked."""
    manifest = sealing.manifest_of(holder.dossier, pieces, origin)
    names = sealing.bag_names(holder.dossier, pieces)
    files = dict(zip(names, (piece.path for piece in pieces), strict=True))
    events = msgspec.json.format(msgspec.json.encode(holder.entries()))
    target = outbox.target(manifest.package)
    return outbox.admit(write_package(manifest, files, events, station, target))
