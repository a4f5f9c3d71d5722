"""A package as others see it: unzip, sha256sum, the bagit library, and our own reader."""

import hashlib
import random
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import bagit
import msgspec
import pytest

from scanstation import errors
from scanstation.model.events import FileWritten
from scanstation.model.manifest import PackageReport
from scanstation.model.sealing import PAYLOAD, TEXT, TEXTS
from scanstation.package import FIRST
from scanstation.package.read import declared, extract, open_member, read_package
from scanstation.package.write import write_package
from tests.unit.package.conftest import Gather, Ingredients


def test_what_was_written_is_what_is_read(tmp_path: Path, ingredients: Ingredients) -> None:
    target = tmp_path / "p.ssp.zip"
    written = write_package(
        ingredients.manifest, ingredients.files, ingredients.events, ingredients.signer, target
    )
    report = read_package(target)
    assert report == written
    assert report == PackageReport(
        manifest=ingredients.manifest,
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
        size=target.stat().st_size,
        station_key=ingredients.signer.public_jwk,
    )


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, ingredients: Ingredients) -> None:
    one, other = (ingredients.bake(tmp_path / name) for name in ("a.ssp.zip", "b.ssp.zip"))
    assert one.read_bytes() == other.read_bytes()


def test_the_order_in_which_files_are_given_does_not_matter(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    backwards = Ingredients(
        ingredients.manifest,
        dict(reversed(ingredients.files.items())),
        ingredients.signer,
    )
    one, other = ingredients.bake(tmp_path / "a"), backwards.bake(tmp_path / "b")
    assert one.read_bytes() == other.read_bytes()


def test_the_bagit_library_finds_the_unzipped_bag_valid(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    with zipfile.ZipFile(target) as container:
        assert container.testzip() is None
        container.extractall(tmp_path / "bag")
    bag = bagit.Bag(str(tmp_path / "bag"))
    assert bag.validate()
    assert bag.info["External-Identifier"] == ingredients.manifest.package
    assert bag.info["Source-Organization"] == "UBND xã Thử"
    (tmp_path / "bag" / PAYLOAD / "02-cccd.pdf").write_bytes(b"%PDF-1.7 other")
    assert not bag.is_valid()


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum")
def test_a_clerk_can_check_the_unzipped_bag_with_sha256sum(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    with zipfile.ZipFile(ingredients.bake(tmp_path / "p.ssp.zip")) as container:
        container.extractall(tmp_path / "bag")
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        check = ["sha256sum", "--check", "--strict", manifest]
        subprocess.run(check, cwd=tmp_path / "bag", check=True, capture_output=True)


def test_members_stand_in_their_fixed_order_uncompressed_at_zips_first_moment(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    with zipfile.ZipFile(ingredients.bake(tmp_path / "p.ssp.zip")) as container:
        members = container.infolist()
    assert [one.filename for one in members] == [*FIRST, *sorted(ingredients.files)]
    assert {(one.compress_type, one.date_time) for one in members} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
    }


def test_six_files_of_two_megabytes_cost_less_than_two_per_mille_and_3_kb(
    tmp_path: Path, gather: Gather
) -> None:
    noise = random.Random(6)
    names = [f"{number:02d}-thanh-phan-{number}.pdf" for number in range(1, 7)]
    ingredients = gather({name: noise.randbytes(2_000_000 // 6) for name in names})
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    with zipfile.ZipFile(target) as container:
        content = sum(
            one.file_size for one in container.infolist() if one.filename.startswith("data/")
        )
    overhead = target.stat().st_size - content
    assert overhead <= 0.002 * 2_000_000 + 3_000


def test_extraction_gives_back_every_byte_and_tells_of_each_file(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    folder = tmp_path / "out"
    folder.mkdir()
    told = list(extract(target, folder))
    assert told == [
        FileWritten(path=folder / Path(name).name, pages=2, signed=False)
        for name in ingredients.files
    ]
    for name, source in ingredients.files.items():
        assert (folder / Path(name).name).read_bytes() == source.read_bytes()


def test_nothing_is_extracted_from_a_damaged_package(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    target.write_bytes(target.read_bytes()[:-1])
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(errors.PackageDamaged):
        list(extract(target, folder))
    assert list(folder.iterdir()) == []


def test_one_member_can_be_read_without_the_others(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    with open_member(target, FIRST[6]) as stream:
        assert stream.read() == ingredients.events
    with pytest.raises(errors.NoSuchThing), open_member(target, "data/none"):
        pass


def test_a_missing_file_is_unreadable_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(errors.UnreadableInput):
        read_package(tmp_path / "nothing.ssp.zip")


# --- writing refuses --------------------------------------------------------------------------


def test_an_existing_package_is_never_replaced(tmp_path: Path, ingredients: Ingredients) -> None:
    target = ingredients.bake(tmp_path / "p.ssp.zip")
    before = target.read_bytes()
    with pytest.raises(errors.StorageError):
        ingredients.but(applicant="Another").bake(target)
    assert target.read_bytes() == before


def test_a_file_that_is_not_what_the_manifest_says_is_not_packed(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    path = next(iter(ingredients.files.values()))
    path.write_bytes(path.read_bytes() + b" ")
    must_refuse(ingredients, tmp_path)


def test_a_file_the_manifest_does_not_know_is_not_packed(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    extra = next(iter(ingredients.files.values()))
    ingredients.files[f"{PAYLOAD}/09-extra.pdf"] = extra
    must_refuse(ingredients, tmp_path)


def test_a_file_missing_on_disk_is_not_packed(tmp_path: Path, ingredients: Ingredients) -> None:
    next(iter(ingredients.files.values())).unlink()
    must_refuse(ingredients, tmp_path)


@pytest.mark.parametrize("events", [b"", b"{}", b"[1,"])
def test_events_that_are_no_list_are_not_packed(
    tmp_path: Path, ingredients: Ingredients, events: bytes
) -> None:
    must_refuse(
        Ingredients(ingredients.manifest, ingredients.files, ingredients.signer, events), tmp_path
    )


@pytest.mark.parametrize(
    "name",
    [
        "../escape.pdf",
        "/etc/passwd.pdf",
        f"{PAYLOAD}/../x.pdf",
        f"{PAYLOAD}/tờ-khai.pdf",
        f"{PAYLOAD}/a\\b.pdf",
        f"{PAYLOAD}/a.pdf.",
        f"{PAYLOAD}/.tmp-a.pdf",
        f"{PAYLOAD}//a.pdf",
        f"{PAYLOAD}/{'a' * 200}.pdf",
        f"{PAYLOAD}/deeper/a.pdf",
        f"{PAYLOAD}/a.exe",
        "data/a.pdf",
        "a.pdf",
    ],
)
def test_names_that_lead_elsewhere_are_not_packed(
    tmp_path: Path, ingredients: Ingredients, name: str
) -> None:
    first = ingredients.manifest.components[0]
    file = msgspec.structs.replace(first.files[0], path=name)
    renamed = msgspec.structs.replace(first, files=(file,))
    moved = ingredients.but(components=(renamed, *ingredients.manifest.components[1:]))
    moved.files[name] = moved.files.pop(first.files[0].path)
    must_refuse(moved, tmp_path)


def test_an_agency_of_several_lines_cannot_add_lines_to_the_bag(
    tmp_path: Path, ingredients: Ingredients
) -> None:
    sly = ingredients.but(agency="UBND xã\nScanStation-Package-Version: 9", software="")
    report = read_package(sly.bake(tmp_path / "p.ssp.zip"))
    assert report.manifest.agency == "UBND xã\nScanStation-Package-Version: 9"


def must_refuse(ingredients: Ingredients, tmp_path: Path) -> None:
    folder = tmp_path / "refused"
    folder.mkdir()
    with pytest.raises(errors.SelfCheckFailed):
        ingredients.bake(folder / "p.ssp.zip")
    assert list(folder.iterdir()) == []


OWN = "01980000-0000-7000-8000-000000000009"


def test_texts_and_papers_each_have_a_place_and_a_package_of_their_own(
    tmp_path: Path, gather: Gather
) -> None:
    papers = gather({"01-to-khai.pdf": b"%PDF-1.7"})
    with pytest.raises(errors.SelfCheckFailed, match="is not a place for"):
        papers.but(supplements=OWN).bake(tmp_path / "papers.zip")

    (component,) = papers.manifest.components
    place = f"{TEXTS}/01-to-khai.json"
    file = msgspec.structs.replace(component.files[0], path=place, claim=TEXT)
    line = msgspec.structs.replace(component, files=(file,))
    files = {place: next(iter(papers.files.values()))}
    texts = replace(papers.but(components=(line,)), files=files)
    with pytest.raises(errors.SelfCheckFailed, match="is not a place for"):
        texts.bake(tmp_path / "texts.zip")
    path = texts.but(supplements=OWN).bake(tmp_path / "supplement.zip")
    assert read_package(path).manifest.supplements == OWN
    assert declared(path) == read_package(path).manifest
