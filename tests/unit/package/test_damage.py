"""Whatever happens to a package's bytes is noticed: by chance, by a cut or by a forger's hand."""

import hashlib
import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from scanstation import errors
from scanstation.model.sealing import PAYLOAD
from scanstation.package import BAG_INFO, DOSSIER, EVENTS, FIRST, HASHES, SEAL, TAG_HASHES, bag
from scanstation.package.read import read_package
from scanstation.package.stored_zip import Writer
from scanstation.signing import station
from tests.unit.package.conftest import Gather, Ingredients

Members = dict[str, bytes]


def test_a_changed_byte_is_noticed_wherever_it_is(tmp_path: Path, gather: Gather) -> None:
    """Every byte of a whole small package, each with one random other value."""
    good = gather({"01-a.pdf": b"%PDF-1.7"}).bake(tmp_path / "p.ssp.zip").read_bytes()
    noise = random.Random(1)
    damaged = tmp_path / "damaged.ssp.zip"
    for place, byte in enumerate(good):
        other = (byte + noise.randrange(1, 256)) % 256
        damaged.write_bytes(good[:place] + bytes([other]) + good[place + 1 :])
        must_be_damaged(damaged, f"byte {place}")


def test_changed_bytes_of_a_large_package_are_noticed(tmp_path: Path, gather: Gather) -> None:
    noise = random.Random(2)
    ingredients = gather({"01-a.pdf": noise.randbytes(2_500_000)})
    damaged = ingredients.bake(tmp_path / "p.ssp.zip")
    size = damaged.stat().st_size
    for place in [0, size - 1, *(noise.randrange(size) for _ in range(60))]:
        with damaged.open("r+b") as stream:
            stream.seek(place)
            byte = stream.read(1)
            stream.seek(place)
            stream.write(bytes([byte[0] ^ 1 << noise.randrange(8)]))
            stream.flush()
            must_be_damaged(damaged, f"byte {place}")
            stream.seek(place)
            stream.write(byte)
    assert read_package(damaged).size == size


def test_a_cut_is_noticed_wherever_it_is(tmp_path: Path, ingredients: Ingredients) -> None:
    good = ingredients.bake(tmp_path / "p.ssp.zip").read_bytes()
    damaged = tmp_path / "damaged.ssp.zip"
    for length in range(0, len(good), 7):
        damaged.write_bytes(good[:length])
        must_be_damaged(damaged, f"cut to {length}")


@pytest.mark.parametrize(("before", "after"), [(b"x", b""), (b"", b"x"), (b"", b"PK\x05\x06")])
def test_bytes_around_the_container_are_refused_though_zip_tools_allow_them(
    tmp_path: Path, ingredients: Ingredients, before: bytes, after: bytes
) -> None:
    good = ingredients.bake(tmp_path / "p.ssp.zip").read_bytes()
    damaged = tmp_path / "damaged.ssp.zip"
    damaged.write_bytes(before + good + after)
    must_be_damaged(damaged, "padding")


def must_be_damaged(path: Path, what: str) -> None:
    try:
        read_package(path)
    except errors.PackageDamaged:
        return
    raise AssertionError(f"{what}: not noticed")


# --- a forger who repairs every hash --------------------------------------------------------------


@pytest.fixture
def members(tmp_path: Path, ingredients: Ingredients) -> Members:
    with zipfile.ZipFile(ingredients.bake(tmp_path / "p.ssp.zip")) as container:
        return {name: container.read(name) for name in container.namelist()}


def packed(members: Members, names: list[str] | None = None) -> bytes:
    """A canonical container of these members, whatever they say."""
    stream = io.BytesIO()
    container = Writer(stream)
    for name in names or list(members):
        content = members[name]
        container.add(name, len(content), zlib.crc32(content), [content])
    container.finish()
    return stream.getvalue()


def rehashed(members: Members) -> Members:
    """All hashes and sums made true again; only the seal cannot be."""
    payload = {name: data for name, data in members.items() if name.startswith("data/")}
    members[HASHES] = bag.hashes_text({name: sha256(data) for name, data in payload.items()})
    oxum = bag.oxum(len(data) for data in payload.values()).encode()
    members[BAG_INFO] = re.sub(rb"Oxum: [0-9.]+", b"Oxum: " + oxum, members[BAG_INFO])
    tags = {name: sha256(members[name]) for name in FIRST[:3]}
    members[TAG_HASHES] = bag.hashes_text(tags)
    return members


def resealed(members: Members, signer: station.KeyFileSigner, **changes: object) -> Members:
    claims = {
        "version": 0,
        "package": json.loads(members[DOSSIER])["package"],
        "station": json.loads(members[DOSSIER])["station"],
        "tagmanifest_sha256": sha256(members[TAG_HASHES]),
    }
    members[SEAL] = signer.seal(json.dumps(claims | changes).encode()).encode()
    return members


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def refusal(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "forged.ssp.zip"
    path.write_bytes(content)
    with pytest.raises(errors.PackageDamaged) as caught:
        read_package(path)
    return str(caught.value.facts["problem"])


def test_changed_content_with_true_hashes_is_caught_by_the_seal(
    tmp_path: Path, members: Members
) -> None:
    members[DOSSIER] = members[DOSSIER].replace("Nguyễn Văn A".encode(), "Nguyễn Văn B".encode())
    assert "seal is for another" in refusal(tmp_path, packed(rehashed(members)))


def test_a_forger_with_a_key_of_his_own_shows_that_key(
    tmp_path: Path, members: Members, ingredients: Ingredients
) -> None:
    forger = station.create(tmp_path / "forger.key")
    path = tmp_path / "forged.ssp.zip"
    path.write_bytes(packed(resealed(members, forger)))
    report = read_package(path)
    assert report.station_key == forger.public_jwk != ingredients.signer.public_jwk


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"package": "another"}, "different packages"),
        ({"station": "another"}, "different stations"),
        ({"tagmanifest_sha256": "0" * 64}, "another tagmanifest"),
        ({"tagmanifest_sha256": None}, "not a station's"),
    ],
)
def test_a_seal_over_something_else_is_refused(
    tmp_path: Path, members: Members, changes: dict[str, object], problem: str
) -> None:
    signer = station.create(tmp_path / "other.key")
    assert problem in refusal(tmp_path, packed(resealed(members, signer, **changes)))


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"..",
        b"e30.e30.",
        b"eyJhbGciOiJub25lIn0.e30.",
        b"eyJhbGciOiJIUzI1NiJ9.e30.c2ln",
        b"\xff\xfe",
    ],
)
def test_what_is_no_ed25519_jws_is_no_seal(tmp_path: Path, members: Members, token: bytes) -> None:
    members[SEAL] = token
    assert "seal" in refusal(tmp_path, packed(members))


def test_a_seal_with_a_line_feed_or_padding_is_refused_because_one_form_is_enough(
    tmp_path: Path, members: Members
) -> None:
    token = members[SEAL]
    for variant in (token + b"\n", token + b"=", token.replace(b".", b"=.", 1)):
        members[SEAL] = variant
        assert "seal" in refusal(tmp_path, packed(members))


def other_dossier(members: Members) -> None:
    members[DOSSIER] = members[DOSSIER].replace(b'"size": 12', b'"size": 13')


def file_not_listed(members: Members) -> None:
    members[f"{PAYLOAD}/09-extra.pdf"] = b"%PDF-1.7 extra"


def file_left_out(members: Members) -> None:
    del members[f"{PAYLOAD}/02-cccd.pdf"]


def other_schema(members: Members) -> None:
    members[DOSSIER] = members[DOSSIER].replace(b"scanstation.package", b"something.else")


def listed_twice(members: Members) -> None:
    told = json.loads(members[DOSSIER])
    told["components"].append(told["components"][0])
    members[DOSSIER] = json.dumps(told).encode()


def no_events(members: Members) -> None:
    members[EVENTS] = b"{}"


def wrong_oxum(members: Members) -> None:
    members[BAG_INFO] = members[BAG_INFO].replace(b"Payload-Oxum: ", b"Payload-Oxum: x")


def other_identifier(members: Members) -> None:
    members[BAG_INFO] = members[BAG_INFO].replace(b"Identifier: 0", b"Identifier: 1", 1)


def no_version(members: Members) -> None:
    members[BAG_INFO] = members[BAG_INFO].replace(b"Package-Version: 0", b"Package-Version: ", 1)


def two_versions(members: Members) -> None:
    members[BAG_INFO] += b"ScanStation-Package-Version: 0\n"


def other_bagit(members: Members) -> None:
    members[FIRST[0]] = members[FIRST[0]].replace(b"1.0", b"0.9")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (other_dossier, "does not tell of exactly"),
        (file_not_listed, "does not tell of exactly"),
        (file_left_out, "does not tell of exactly"),
        (listed_twice, "does not tell of exactly"),
        (other_schema, "something.else"),
        (no_events, "events.json"),
        (wrong_oxum, "Payload-Oxum"),
        (other_identifier, "different packages"),
        (no_version, "does not say"),
        (two_versions, "twice"),
        (other_bagit, "BagIt 1.0"),
    ],
)
def test_a_contradiction_is_refused_although_hashes_and_seal_are_true(
    tmp_path: Path, members: Members, change: Callable[[Members], None], problem: str
) -> None:
    signer = station.create(tmp_path / "other.key")
    change(members)
    assert problem in refusal(tmp_path, packed(resealed(rehashed(members), signer)))


@pytest.mark.parametrize("name", [DOSSIER, EVENTS, f"{PAYLOAD}/01-to-khai.pdf"])
def test_other_content_of_the_same_size_is_altered(
    tmp_path: Path, members: Members, name: str
) -> None:
    members[name] = members[name][:-1] + b" "
    assert f"{name} is altered" in refusal(tmp_path, packed(members))


def test_a_member_missing_from_the_hashes_is_refused(tmp_path: Path, members: Members) -> None:
    members[f"{PAYLOAD}/09-extra.pdf"] = b"%PDF-1.7 extra"
    assert "not listed" in refusal(tmp_path, packed(members))


def test_an_altered_version_is_damage_before_it_is_a_version(
    tmp_path: Path, members: Members
) -> None:
    altered = packed(members).replace(b"Package-Version: 0", b"Package-Version: 7")
    assert "altered" in refusal(tmp_path, altered)


def test_a_checksum_that_is_wrong_everywhere_is_noticed(tmp_path: Path, members: Members) -> None:
    right = zlib.crc32(members[EVENTS]).to_bytes(4, "little")
    content = packed(members)
    assert content.count(right) == 2, "local header and directory"
    assert "altered" in refusal(tmp_path, content.replace(right, b"\0\1\2\3"))


@pytest.mark.parametrize(
    ("place", "newer"),
    [
        (BAG_INFO, (b"Package-Version: 0", b"Package-Version: 1")),
        (DOSSIER, (b'"version": 0', b'"version": 1')),
    ],
)
def test_a_newer_format_is_said_to_be_newer_not_damaged(
    tmp_path: Path, members: Members, place: str, newer: tuple[bytes, bytes]
) -> None:
    signer = station.create(tmp_path / "other.key")
    members[place] = members[place].replace(*newer, 1)
    path = tmp_path / "newer.ssp.zip"
    path.write_bytes(packed(resealed(rehashed(members), signer)))
    with pytest.raises(errors.StoreNewer) as caught:
        read_package(path)
    assert (caught.value.facts["found"], caught.value.facts["known"]) == (1, 0)


def test_a_newer_format_is_recognised_even_when_all_behind_its_version_is_new(
    tmp_path: Path, members: Members
) -> None:
    info = members[BAG_INFO].replace(b"Package-Version: 0", b"Package-Version: 1", 1)
    path = tmp_path / "newer.ssp.zip"
    path.write_bytes(packed({FIRST[0]: members[FIRST[0]], BAG_INFO: info, "new": b"?"}))
    with pytest.raises(errors.StoreNewer):
        read_package(path)


# --- containers other tools could make ----------------------------------------------------------


def test_a_compressed_container_is_refused(tmp_path: Path, members: Members) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    refusal(tmp_path, stream.getvalue())


def test_a_container_zipped_again_by_hand_is_refused(tmp_path: Path, members: Members) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    refusal(tmp_path, stream.getvalue())


def test_members_in_another_order_are_refused(tmp_path: Path, members: Members) -> None:
    names = list(members)
    for order in ([*names[:-2], names[-1], names[-2]], [names[1], names[0], *names[2:]]):
        refusal(tmp_path, packed(members, order))


@pytest.mark.parametrize("twin", ["01-to-khai.pdf", "01-TO-KHAI.pdf"])
def test_a_member_that_is_there_twice_is_refused_also_by_case(
    tmp_path: Path, members: Members, twin: str
) -> None:
    content = members[f"{PAYLOAD}/01-to-khai.pdf"]
    stream = io.BytesIO()
    container = Writer(stream)
    for name, data in [*members.items(), (f"{PAYLOAD}/{twin}", content)]:
        container.add(name, len(data), zlib.crc32(data), [data])
    container.finish()
    assert "twice" in refusal(tmp_path, stream.getvalue())


def test_an_enormous_record_is_refused_before_it_is_read(tmp_path: Path, members: Members) -> None:
    members[BAG_INFO] = b"x" * (2 << 20)
    assert "bytes" in refusal(tmp_path, packed(members))
