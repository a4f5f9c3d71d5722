"""A throw-away authority, clerks' keys and a small PDF/A-2u, made once per test process."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageCms

from scanstation import i18n
from scanstation.model.clock import FrozenClock
from scanstation.model.signing import Stamp, StampPlace
from scanstation.signing.pkcs12 import Pkcs12Signer, open_key
from scanstation.signing.testing_ca import Authority, make_authority, make_clerk_key
from scanstation.signing.verify import PadesVerifier
from tests.helpers.parts import require_part

INSTANT = datetime(2026, 11, 22, 1, 5, 3, tzinfo=UTC)
SHOWN = "2026-11-22T08:05:03+07:00"
YEAR = timedelta(days=365)
PASSPHRASE = "mật-khẩu-thử-7319".encode()
NAME = "Nguyễn Thị Hồng Đường Quỳnh Phượng"
PLACE = StampPlace(x=20, y=800, width=170, height=30)
CLOCK = FrozenClock(INSTANT)


def make_pdfa(pages: int = 1) -> bytes:
    """A small true PDF/A-2u: empty A4 pages, an output intent and its XMP claim."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    profile = pdf.make_stream(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile["/N"] = 3
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier="sRGB",
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "U"
        metadata["dc:title"] = "Tờ khai đăng ký khai sinh"
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, min_version="1.7")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _english() -> None:
    i18n.choose("en")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"), INSTANT)


@pytest.fixture(scope="session")
def key_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "clerk.p12"
    make_clerk_key(authority, NAME, PASSPHRASE, path, INSTANT - YEAR, INSTANT + YEAR)
    return path


@pytest.fixture(scope="session")
def signer(key_file: Path) -> Pkcs12Signer:
    return open_key(key_file, PASSPHRASE, CLOCK)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "plain.pdf"
    path.write_bytes(make_pdfa())
    return path


@pytest.fixture(scope="session")
def signed_bytes(
    signer: Pkcs12Signer, plain: Path, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    require_part("fonts")
    path = tmp_path_factory.mktemp("signed") / "signed.pdf"
    signer.sign(plain, path, Stamp(name=NAME, place=PLACE), INSTANT)
    return path.read_bytes()


@pytest.fixture
def signed(signed_bytes: bytes, tmp_path: Path) -> Path:
    """`plain` with a visible signature; each test has a file of its own to spoil."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed_bytes)
    return path


@pytest.fixture
def verifier() -> PadesVerifier:
    return PadesVerifier(CLOCK)
