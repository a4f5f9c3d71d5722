"""A station at a counter, driven only through the command line, as people drive it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanstation import durable
from scanstation.signing.testing_ca import Authority, make_authority, make_clerk_key

PASSPHRASE = "mot hai ba"
ROOT = Path(__file__).parents[2]
PAGES = ROOT / "fixtures" / "pages"


@dataclass(frozen=True)
class Answer:
    """What one verb said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The `data` of --json output."""
        return json.loads(self.out)["data"]


@dataclass
class Counter:
    """One station folder; `environment` is added to that of each verb."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: object, stdin: str = "") -> Answer:
        """Run one verb with --json and give whatever it answered."""
        command = [sys.executable, "-m", "scanstation.cli", "--lang", "en", "--json"]
        command += ["--data-dir", str(self.folder), *map(str, words)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            input=stdin,
            check=False,
            env={**os.environ, **self.environment},
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def must(self, *words: object) -> Any:
        """Run one verb that has to succeed, and give its data."""
        answer = self.run(*words)
        assert answer.code == 0, answer.err
        return answer.data

    def seal(self, dossier: str, *options: str, passphrase: str = PASSPHRASE) -> Answer:
        """Seal with the passphrase on standard input as descriptor 0."""
        return self.run(
            "seal",
            dossier,
            "--account",
            "as-scanned",
            "--passphrase-fd",
            "0",
            *options,
            stdin=passphrase + "\n",
        )

    def new(self, procedure: str = "1.001612", applicant: str = "Lò Thị Mai") -> str:
        """Open a dossier."""
        return str(self.must("dossier", "new", procedure, "--applicant", applicant)["id"])


def copied(station: Counter, folder: Path) -> Counter:
    """A station of its own for one test: setting one up by command line takes 3 s, a copy none."""
    return Counter(shutil.copytree(station.folder, folder), dict(station.environment))


@contextmanager
def signing_keys(folder: Path) -> Iterator[Authority]:
    """A throw-away CA and `duong.p12` (valid), `old.p12` (expired) beside it."""
    durable.make_folder(folder)
    authority, now = make_authority(folder), datetime.now(UTC)
    day = timedelta(days=1)
    for name, life in (("duong", (now - day, now + day)), ("old", (now - 2 * day, now - day))):
        holder, target = "Nguyễn Thị Đường", folder / f"{name}.p12"
        make_clerk_key(authority, holder, PASSPHRASE.encode(), target, *life)
    yield authority


def set_up(folder: Path, authority: Authority, *central: str) -> Counter:
    """A station with the clerk `duong` signed in."""
    counter = Counter(folder)
    counter.must(
        *("station", "init", "--id", "T1", "--agency", "UBND xã Tân Hợp", "--demo"),
        *("--trust", authority.root, *central),
    )
    key = authority.root.parent / "duong.p12"
    counter.must("clerk", "add", "duong", "--name", "Nguyễn Thị Đường", "--key", key)
    counter.must("clerk", "login", "duong")
    return counter
