"""The demo: paper to receipt on this machine, with the central system off and then on.

It runs the very verbs a clerk runs, prints each, and ends well only if every promise held: the
queue kept its packages, each was delivered with a valid receipt, and what arrived verifies.
"""

import argparse
import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scanstation import durable, errors, i18n
from scanstation.cli import Verbs
from scanstation.cli.voice import Voice
from scanstation.i18n import _

_SCANNED = (("to-khai", "to-khai"), ("chung-sinh", "viet-tay"))
_IMPORTED = ("giay-de-nghi", ("cong-van", "skew-3"))
_CLERK = "Nguyễn Thị Đường"
_START_LIMIT_S = 30.0


def register(verbs: Verbs) -> None:
    """Hang the verb of this module."""
    demo = verbs.add("demo", _("watch paper become a delivered dossier, on this machine"), _demo)
    demo.add_argument("--pages", type=Path, metavar="DIR", help=_("page images to use as paper"))


def _demo(args: argparse.Namespace) -> int:
    pages = args.pages or Path(__file__).parents[2] / "fixtures" / "pages"
    if not pages.is_dir():
        hint = _("Name a folder of page images with --pages.")
        raise errors.NoSuchThing(kind=_("folder of pages"), name=pages, hint=hint)
    folder = Path(args.data_dir or "scanstation-demo").absolute()
    started = time.monotonic()
    with _Show(folder, Voice.of(args)) as show:
        show.set_up()
        show.paper_to_queue(pages)
        show.queue_holds()
        with show.central():
            show.delivered()
        show.arrived()
        show.where(time.monotonic() - started)
    return 0


class DemoBroken(errors.ScanStationError):
    """A promise of the demo did not hold."""

    vi = "Bản trình diễn không đạt: {detail}. Xem các dòng ở trên; dữ liệu nằm ở {folder}."
    en = "The demo did not hold: {detail}. See the lines above; its data lie in {folder}."


class _Show:
    """One run of the demo in a folder of its own, made anew."""

    def __init__(self, folder: Path, voice: Voice) -> None:
        self._folder = folder
        self._voice = voice
        self._station = folder / "station"
        self._central = folder / "central"
        self._passphrase = secrets.token_urlsafe(12)
        self._port = _free_port()
        self._root = folder

    def __enter__(self) -> "_Show":
        marker = self._folder / "this-is-a-demo"
        if self._folder.exists() and not marker.exists():
            detail = _("{f} exists and is not a demo folder").format(f=self._folder)
            raise errors.UsageError(detail=detail)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        marker.touch()
        return self

    def __exit__(self, *_: object) -> None:
        self._passphrase = ""

    # --- the acts -----------------------------------------------------------------------------

    def set_up(self) -> None:
        """A throw-away CA, a clerk's key, a station, and the key central signs receipts with."""
        from scanstation.signing.testing_ca import make_authority, make_clerk_key

        self._chapter(_("A station with a clerk and a throw-away signing key"))
        keys = durable.make_folder(self._folder / "ca")
        authority, now = make_authority(keys), datetime.now(UTC)
        key, life = keys / "duong.p12", (now - timedelta(days=1), now + timedelta(days=30))
        make_clerk_key(authority, _CLERK, self._passphrase.encode(), key, *life)
        self._root = authority.root
        receipt_key = self._run("central", "key", "--root", str(self._central))["data"]
        url = f"http://127.0.0.1:{self._port}"
        self._run(
            *("station", "init", "--id", "DEMO-Q2", "--agency", "UBND xã Tân Hợp", "--demo"),
            *("--central", url, "--receipt-key", receipt_key),
            *("--trust", str(authority.root)),
        )
        self._run("clerk", "add", "duong", "--name", _CLERK, "--key", str(key))
        self._run("clerk", "login", "duong")

    def paper_to_queue(self, pages: Path) -> None:
        """One dossier through SANE's own virtual scanner, one from image files; both sealed."""
        self._chapter(_("Paper through the scanner (SANE's pnm device) into a checklist"))
        dossier = self._new("1.001193", "Trần Văn Khánh")
        for component, name in _SCANNED:
            paper, dpi = self._as_paper(_image(pages, name))
            self._run(
                *("scan", "--dossier", dossier, "--component", component),
                *("--profile", "demo-pnm", "--dpi", str(dpi), "--option", f"filename={paper}"),
            )
        self._seal(dossier)
        self._chapter(_("A second dossier from image files"))
        dossier = self._new("1.001612", "Lò Thị Mai")
        component, names = _IMPORTED
        files = [str(_image(pages, name)) for name in names]
        self._run("import", "--dossier", dossier, "--component", component, *files)
        self._seal(dossier)

    def queue_holds(self) -> None:
        """With central off, sync fails with the network's exit code and loses nothing."""
        self._chapter(_("Central is switched off: the queue holds"))
        self._run("sync", "--once", expect=errors.NetworkError.exit_code)
        self._rows("queued")

    def delivered(self) -> None:
        """With central on, both packages come back with checked receipts."""
        self._chapter(_("Central is switched on: delivery and receipt"))
        self._run("sync", "--once")
        for row in self._rows("delivered"):
            self._must(bool(row["receipt"]), _("a delivered package has no receipt"))
            claims = _claims(row["receipt"])
            line = _("    receipt no. {n} of {who}: holds sha256 {digest}… since {at}")
            self._voice.say(
                line.format(
                    n=claims["server_sequence"],
                    who=claims["issuer"],
                    digest=claims["sha256"][:16],
                    at=claims["received_at"],
                )
            )

    def arrived(self) -> None:
        """What lies at central is byte for byte what was queued, and verifies there."""
        self._chapter(_("What arrived at central verifies"))
        received = sorted(self._central.rglob("*.ssp.zip"))
        queued = {row["sha256"] for row in self._rows("delivered")}
        self._must(len(received) == len(queued) == 2, _("central does not hold two packages"))
        trust = ("--trust", str(self._root))
        for package in received:
            report = self._run("verify", str(package), *trust)["data"]
            self._must(report["package"]["sha256"] in queued, _("an altered package arrived"))
            for name, pdf in report["files"].items():
                sound = [one["intact"] and one["trusted"] for one in pdf["signatures"]]
                self._must(bool(sound) and all(sound), _("a signature does not hold"))
                line = _("    {name}: {claim}, signed by {who}, intact and trusted")
                who = pdf["signatures"][-1]["holder"]
                self._voice.say(line.format(name=name, claim=pdf["claim"], who=who))

    def where(self, seconds: float) -> None:
        """Where a curious person looks next."""
        self._chapter(_("Done in {s:.0f} s. Where everything lies").format(s=seconds))
        exported = self._folder / "exported"
        for row in self._rows("delivered"):
            self._run(
                "dossier", "export", row["dossier"], "-o", str(exported / row["package"][-6:])
            )
        for what, place in (
            (_("signed PDF/A-2u files"), exported),
            (_("packages of the station"), self._station / "outbox"),
            (_("packages central received"), self._central),
            (_("throw-away CA and key"), self._folder / "ca"),
        ):
            self._voice.say(f"  {what}: {place}")
        self._voice.say(
            _("  The screen of this station: scanstation --data-dir {f}").format(f=self._station)
        )

    # --- how they are done --------------------------------------------------------------------

    @contextmanager
    def central(self) -> Iterator[None]:
        """The reference receiver as a process of its own."""
        words = [
            "central",
            "serve",
            "--root",
            str(self._central),
            "--port",
            str(self._port),
            "--demo",
        ]
        self._voice.say(f"$ scanstation {' '.join(words)} &")
        process = subprocess.Popen(
            _command("--quiet", *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self._must(_answers(self._port, process), _("central did not start"))
            yield
        finally:
            process.terminate()
            process.wait(timeout=_START_LIMIT_S)

    def _new(self, procedure: str, applicant: str) -> str:
        return str(self._run("dossier", "new", procedure, "--applicant", applicant)["data"]["id"])

    def _seal(self, dossier: str) -> None:
        reader, writer = os.pipe()
        os.write(writer, self._passphrase.encode() + b"\n")
        os.close(writer)
        try:
            words = ("seal", dossier, "--passphrase-fd", str(reader))
            self._run(*words, descriptors=(reader,))
        finally:
            os.close(reader)

    def _rows(self, state: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._run("queue", "list")["data"]
        kept = len(rows) == 2 and all(row["state"] == state for row in rows)
        for row in rows:
            self._voice.say(
                f"    {row['package']}  {-(-row['size'] // 1000)} kB  {_(row['state'])}"
            )
        self._must(kept, _("not both packages are {state}").format(state=state))
        return rows

    def _as_paper(self, image: Path) -> tuple[Path, int]:
        """The page as the uncompressed file SANE's pnm device feeds from, and its dpi."""
        from scanstation.scanner.paper import as_paper

        paper = self._folder / "paper" / f"{image.stem}.ppm"
        paper.parent.mkdir(exist_ok=True)
        return paper, as_paper(image, paper)

    def _run(self, *words: str, expect: int = 0, descriptors: Sequence[int] = ()) -> dict[str, Any]:
        self._voice.say(f"$ scanstation {' '.join(_quoted(word) for word in words)}")
        done = subprocess.run(
            _command("--json", "--data-dir", str(self._station), *words),
            capture_output=True,
            pass_fds=descriptors,
            check=False,
            text=True,
        )
        for line in done.stderr.splitlines():
            self._voice.say(f"    {line}")
        problem = _("«{verb}» ended with {code}").format(verb=words[0], code=done.returncode)
        self._must(done.returncode == expect, problem)
        answer: dict[str, Any] = json.loads(done.stdout or "{}")
        return answer

    def _chapter(self, title: str) -> None:
        self._voice.say(f"\n── {title}")

    def _must(self, held: bool, problem: str) -> None:
        if not held:
            raise DemoBroken(detail=problem, folder=self._folder)


def _claims(receipt: str) -> dict[str, Any]:
    """What a receipt says, for showing; it was checked before it was stored."""
    body = receipt.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "scanstation.cli", "--lang", i18n.language(), *words]


def _quoted(word: str) -> str:
    short = "…" + word[-40:] if len(word) > 60 else word
    return f"'{short}'" if " " in short else short


def _image(pages: Path, name: str) -> Path:
    found = sorted(path for path in pages.glob(f"{name}.*") if path.suffix != ".txt")
    if not found:
        raise errors.NoSuchThing(kind=_("page image"), name=name, hint=str(pages))
    return found[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """True once something listens on the port; False when the process ended or time is up."""
    limit = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False
