"""What a component's file says of its paper: known facts only, and never the citizen."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pikepdf
import pytest
from PIL import Image

from scanstation import bootstrap, durable
from scanstation.describing import record_of
from scanstation.holding import Holdings
from scanstation.intake import Intake, Parts
from scanstation.model.account import Account, Form
from scanstation.model.acts import AccountGiven, FieldSet
from scanstation.model.clock import SystemClock
from scanstation.model.dossier import Dossier
from scanstation.model.field import FieldName
from scanstation.model.profile import Clerk, Component, Procedure, StationSettings
from scanstation.outbox.folder import Outbox
from scanstation.pdf.record import NAMESPACE, DocumentRecord
from scanstation.signing import station as station_key
from scanstation.workspace.store import Workspace
from tests.helpers.parts import requires_part
from tests.helpers.verapdf import judge

pytestmark = requires_part("tesseract-vie")

CLERK = Clerk(id="duong", name="Nguyễn Thị Đường")
AGENCY = "UBND xã Tân Hợp"
PROCEDURE = Procedure(
    code="1.001612",
    title="Đăng ký thành lập hộ kinh doanh",
    source="test",
    components=(
        Component(id="don", title="Giấy đề nghị", form="bản chính"),
        Component(id="qd", title="Quyết định", required=False),
    ),
)
CONFIRMED = {
    FieldName.NUMBER_SYMBOL: "15/QĐ-UBND",
    FieldName.DATE: "2025-01-05",
    FieldName.AGENCY: "ỦY BAN NHÂN DÂN XÃ TÂN HỢP",
    FieldName.ABSTRACT: "Về việc <thành lập> & quản lý",
    FieldName.SIGNER: "Lê Văn An",
    FieldName.NAME: "Lò Thị Mai",
    FieldName.PERSONAL_NUMBER: "012345678901",
}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    clock = SystemClock()
    with bootstrap.documents((), AGENCY) as maker:
        yield Intake(
            Parts(
                settings=StationSettings(id="T1", agency=AGENCY, demo=True, min_free_mb=1),
                holdings=Holdings(
                    workspace=Workspace(tmp_path / "workspace", clock),
                    outbox=Outbox(tmp_path / "outbox", clock),
                    scratch=durable.make_folder(tmp_path / "scratch"),
                    min_free_mb=1,
                ),
                documents=maker,
                driver=lambda _profile: pytest.fail("nothing is scanned here"),
                station=station_key.create(tmp_path / "station.key"),
                clock=clock,
                glance=bootstrap.glance,
            )
        )


def filled(intake: Intake, folder: Path, *components: str) -> Dossier:
    dossier = intake.open(PROCEDURE, "Lò Thị Mai", CLERK)
    for place, component in enumerate(components):
        page = folder / f"{component}.png"
        Image.new("L", (413 + place, 585), 255).save(page, dpi=(50, 50))
        list(intake.take(dossier.id, component, [page], CLERK))
    return intake.dossier(dossier.id)


def confirm(intake: Intake, dossier: Dossier, component: str, **changes: object) -> Dossier:
    """Every value of CONFIRMED, as read on the component's page unless `changes` say otherwise."""
    page = dossier.of(component)[0].id
    for name, value in CONFIRMED.items():
        act = FieldSet(field=name, value=value, page=page)
        intake.record(dossier.id, msgspec.structs.replace(act, **changes), CLERK)
    return intake.dossier(dossier.id)


def of(dossier: Dossier, component: str) -> DocumentRecord:
    found = PROCEDURE.component(component)
    assert found
    return record_of(dossier, found, AGENCY)


def test_what_a_clerk_confirmed_is_said_of_the_paper_it_was_read_on(
    intake: Intake, tmp_path: Path
) -> None:
    dossier = confirm(intake, filled(intake, tmp_path, "don", "qd"), "qd")
    said = of(dossier, "qd")
    assert (said.code_number, said.code_notation) == ("15", "QĐ-UBND")
    assert said.issued == date(2025, 1, 5)
    assert said.organ_name == "ỦY BAN NHÂN DÂN XÃ TÂN HỢP"
    assert said.subject == "Về việc <thành lập> & quản lý"
    assert "Người ký: Lê Văn An" in said.remarks
    other = of(dossier, "don")
    assert not any((other.code_number, other.issued, other.organ_name, other.subject))
    assert not any("Người ký" in one for one in other.remarks)


def test_a_typed_value_belongs_to_the_only_paper_and_to_none_of_two(
    intake: Intake, tmp_path: Path
) -> None:
    alone = confirm(intake, filled(intake, tmp_path, "don"), "don", page="")
    assert of(alone, "don").code_number == "15"
    two = confirm(intake, filled(intake, tmp_path, "don", "qd"), "don", page="")
    assert of(two, "don").code_number == of(two, "qd").code_number == ""


def test_what_nobody_confirmed_is_not_said(intake: Intake, tmp_path: Path) -> None:
    dossier = confirm(intake, filled(intake, tmp_path, "don"), "don", confirmed=False)
    said = of(dossier, "don")
    assert not any((said.code_number, said.code_notation, said.issued, said.subject))
    assert not any((said.doc_code, said.infor_sign, said.keyword, said.mode))
    assert said.type_name == "Giấy đề nghị"


@pytest.mark.parametrize("value", ["2025-01", "2025", "05/01/2025", "2025-02-30", ""])
def test_a_date_that_is_not_whole_is_left_out(intake: Intake, tmp_path: Path, value: str) -> None:
    dossier = filled(intake, tmp_path, "don")
    intake.record(dossier.id, FieldSet(field=FieldName.DATE, value=value), CLERK)
    assert of(intake.dossier(dossier.id), "don").issued is None


def test_the_form_of_the_paper_is_the_accounts_and_not_the_checklists(
    intake: Intake, tmp_path: Path
) -> None:
    dossier = filled(intake, tmp_path, "don")
    assert not any("Giấy tờ nhận vào" in one for one in of(dossier, "don").remarks)
    account = Account(sheets=1, form=Form.CERTIFIED_COPY)
    intake.record(dossier.id, AccountGiven("don", account), CLERK)
    remarks = of(intake.dossier(dossier.id), "don").remarks
    assert "Giấy tờ nhận vào: bản sao có chứng thực" in remarks


@requires_part("verapdf")
def test_the_components_file_carries_the_record_without_the_citizen_and_is_clean(
    intake: Intake, tmp_path: Path
) -> None:
    dossier = confirm(intake, filled(intake, tmp_path, "don"), "don")
    account = Account(sheets=1, form=Form.ORIGINAL)
    intake.record(dossier.id, AccountGiven("don", account), CLERK)
    list(intake.export(dossier.id, tmp_path / "out"))
    (made,) = (tmp_path / "out").glob("*.pdf")
    with pikepdf.open(made) as pdf:
        packet = pdf.Root.Metadata.read_bytes()
    said = {
        one.tag.partition("}")[2]: one.text
        for one in ElementTree.fromstring(packet).iter()
        if one.tag.startswith(f"{{{NAMESPACE}}}")
    }
    assert said["CodeNumber"] == "15"
    assert said["IssuedDate"] == "2025-05-01"
    assert said["Subject"] == "Về việc <thành lập> & quản lý"
    for fact in ("Tỷ lệ 1:1", "bản chính", AGENCY, dossier.id, "1.001612", "Lê Văn An"):
        assert fact in (said["Description"] or "")
    assert f"urn:uuid:{dossier.id}#don" in packet.decode()
    for secret in ("Lò Thị Mai", "012345678901"):
        assert secret not in packet.decode()
    verdict = judge(made, "2u")
    assert verdict.compliant, verdict.failed
