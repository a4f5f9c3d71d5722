"""After sealing, by command line: printed, found, corrected by a package that says so, purged."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.counter import PAGES, Counter, set_up, signing_keys
from tests.helpers.parts import requires_part

pytestmark = [requires_part("tesseract-vie"), requires_part("fonts"), pytest.mark.timeout(400)]
_LP = (
    '#!/bin/sh\nfor last; do :; done\ncp "$last" "$0.file"\necho "request id is q-1 (1 file(s))"\n'
)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "lp").write_text(_LP)
    (tools / "lp").chmod(0o755)
    with signing_keys(tmp_path / "keys") as authority:
        made = set_up(tmp_path / "station", authority)
        made.environment["PATH"] = f"{tools}:{os.environ['PATH']}"
        yield made


def test_a_sealed_dossier_is_printed_found_and_corrected(counter: Counter, tmp_path: Path) -> None:
    dossier = counter.new()
    page = PAGES / "straight-1bit.tif"
    counter.must("import", "--dossier", dossier, "--component", "1", page)
    first = counter.seal(dossier, "--stamp", "none")
    assert first.code == 0, first.err

    assert counter.must("dossier", "print", dossier, "1") == ["request id is q-1 (1 file(s))"]
    assert (tmp_path / "bin" / "lp.file").read_bytes().startswith(b"%PDF-")
    (found,) = counter.must("dossier", "find", "lo", "thi", "mai", "--state", "sealed")
    assert (found["id"], found["sequence"]) == (dossier, 1)

    fresh = counter.must("dossier", "correct", dossier, "--reason", "thiếu trang")
    assert fresh["supersedes"] == first.data["package"]
    counter.must("import", "--dossier", fresh["id"], "--component", "1", page)
    second = counter.seal(fresh["id"], "--stamp", "none")
    assert second.code == 0, second.err
    package = counter.folder / "outbox" / "packages" / second.data["file"]
    manifest = counter.must("verify", package)["package"]["manifest"]
    assert (manifest["supersedes"], manifest["corrects"]) == (first.data["package"], dossier)
    assert manifest["components"][0]["scanned"] == 2

    (kept, _second) = counter.must("purge", "--dry-run")
    assert kept["dossier"] == dossier and "not delivered" in kept["kept"]
    assert counter.must("purge") == []
    refused = counter.run("dossier", "print", dossier, "7")
    assert refused.code == 5
    assert counter.must("recover")["stopped_at"] == ""
