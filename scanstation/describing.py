"""What a dossier knows about one of its papers, for the record inside the paper's file.

Only what the station measured or a clerk confirmed is said; it refuses to guess, and what names
the citizen stays out: the file may travel where the dossier does not.
"""

from collections.abc import Iterator
from datetime import date

from scanstation.model.account import Form
from scanstation.model.dossier import Dossier
from scanstation.model.field import FieldName
from scanstation.model.profile import Component
from scanstation.pdf.record import DocumentRecord

_FORMS = {
    Form.ORIGINAL: "bản chính",
    Form.REGISTER_COPY: "bản sao từ sổ gốc",
    Form.CERTIFIED_COPY: "bản sao có chứng thực",
    Form.COMPARED_COPY: "bản sao đã đối chiếu với bản chính",
}
"""In the archive's language, whatever the clerk's screen speaks."""


def record_of(dossier: Dossier, component: Component, agency: str) -> DocumentRecord:
    """The record of the component's paper; `agency` is the station's own, which digitises."""
    known = _confirmed(dossier, component.id)
    number, _slash, symbol = known.get(FieldName.NUMBER_SYMBOL, "").partition("/")
    return DocumentRecord(
        type_name=known.get(FieldName.TYPE, component.title),
        code_number=number.strip(),
        code_notation=symbol.strip(),
        issued=_day(known.get(FieldName.DATE, "")),
        organ_name=known.get(FieldName.AGENCY, ""),
        subject=known.get(FieldName.ABSTRACT, ""),
        remarks=tuple(_remarks(dossier, component, agency, known)),
    )


def identifier_of(dossier: Dossier, component: Component) -> str:
    """A name for the file that no other has: the dossier's and the component's."""
    return f"urn:uuid:{dossier.id}#{component.id}"


def _confirmed(dossier: Dossier, component: str) -> dict[str, str]:
    """Values a clerk confirmed for this paper: read on it, or typed while it is the only one."""
    pages = {page.id for page in dossier.of(component)}
    alone = {page.component for page in dossier.pages} == {component}
    return {
        name: one.value
        for name, one in dossier.fields.items()
        if one.confirmed and (one.page in pages or (alone and not one.page))
    }


def _day(value: str) -> date | None:
    """None also for a date of which only the month or year is known."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _remarks(
    dossier: Dossier, component: Component, agency: str, known: dict[str, str]
) -> Iterator[str]:
    if account := dossier.accounts.get(component.id):
        yield f"Giấy tờ nhận vào: {_FORMS[account.form]}"
    if signer := known.get(FieldName.SIGNER):
        yield f"Người ký: {signer}"
    if agency:
        yield f"Cơ quan số hóa: {agency}"
    yield f"Hồ sơ: {dossier.id}"
    yield f"Thủ tục: {dossier.procedure.code} {dossier.procedure.title}"
