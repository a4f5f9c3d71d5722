"""The demo: paper to receipt on this machine, with the central system off and then on.

It runs the very verbs a clerk runs, prints each as it can be typed again, and ends well only if
every promise held: the queue kept its packages, each was delivered with a valid receipt, and what
arrived verifies.
"""

import argparse
import base64
import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
_PROFILE = "demo-paper"
_ROOT = "ca/demo-root.pem"
_DEMO_PROFILE = """\
# The demo's paper through SANE's own pnm device.
id = "demo-paper"
title = "Demo: một tờ khai"
driver = "sane"
backends = ["pnm"]
device = "pnm:0"
dpi = {dpi}
mode = "colour"

[options]
filename = "{paper}"
"""
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
        show.lay_paper(pages)
        show.paper_to_queue(pages)
        show.queue_holds()
        with show.central():
            show.delivered()
        show.arrived()
        show.exported()
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
        self._central = folder / "central"
        self._passphrase = folder / "ca" / "passphrase.txt"
        self._port = _free_port()
        self._dossiers: list[str] = []

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
        """What was made stays, to be looked at."""

    # --- the acts -----------------------------------------------------------------------------

    def set_up(self) -> None:
        """A throw-away CA, a clerk's key, a station, and the key central signs receipts with."""
        from scanstation.signing.testing_ca import make_authority, make_clerk_key

        self._voice.say(_("Paper to receipt on this PC; no scanner, token or network is needed."))
        self._chapter(_("A station with a clerk and a throw-away signing key"))
        keys = durable.make_folder(self._folder / "ca")
        authority, now = make_authority(keys), datetime.now(UTC)
        passphrase = f"demo-{secrets.randbelow(10**6):06}".encode()
        durable.publish(self._passphrase, passphrase)
        life = (now - timedelta(days=1), now + timedelta(days=30))
        make_clerk_key(authority, _CLERK, passphrase, keys / "duong.p12", *life)
        self._voice.say(f"$ cd {_near(self._folder)}; export SCANSTATION_DATA_DIR=station")
        receipt_key = self._run("central", "key", "--root", "central")["data"]
        url = f"http://127.0.0.1:{self._port}"
        self._run(
            *("station", "init", "--id", "DEMO-Q2", "--agency", "UBND xã Tân Hợp", "--demo"),
            *("--profile", _PROFILE),
            *("--central", url, "--receipt-key", receipt_key, "--trust", _ROOT),
        )
        self._run("clerk", "add", "duong", "--name", _CLERK, "--key", "ca/duong.p12")
        self._run("clerk", "login", "duong")

    def lay_paper(self, pages: Path) -> None:
        """A scan profile of the station's own, so that the screen's Space scans a form as well."""
        paper, dpi = self._as_paper(_image(pages, _SCANNED[0][1]))
        text = _DEMO_PROFILE.format(dpi=dpi, paper=self._folder / paper)
        place = durable.make_folder(self._folder / "station" / "profiles" / "scan")
        durable.publish(place / f"{_PROFILE}.toml", text.encode())

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
        files = [_near(_image(pages, name), self._folder) for name in names]
        self._run("import", "--dossier", dossier, "--component", component, *files)
        self._seal(dossier)

    def queue_holds(self) -> None:
        """With central off, sync fails with the network's exit code and loses nothing."""
        self._chapter(_("Central is switched off: the queue holds"))
        self._run("sync", "--once", expect=errors.NetworkError.exit_code)
        self._tell_rows(self._rows("queued", self._run))

    def delivered(self) -> None:
        """With central on, both packages come back with checked receipts."""
        self._run("sync", "--once")
        rows = self._rows("delivered", self._run)
        self._tell_rows(rows)
        for row in rows:
            self._must(bool(row["receipt"]), _("a delivered package has no receipt"))
            claims = _claims(row["receipt"])
            line = _("    Receipt no. {n}: {who} holds sha256 {digest}… since {at}")
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
        queued = {row["sha256"] for row in self._rows("delivered", self._answer)}
        self._must(len(received) == len(queued) == 2, _("central does not hold two packages"))
        for package in received:
            file = _near(package, self._folder)
            report = self._run("verify", file, "--trust", _ROOT)["data"]
            self._must(report["package"]["sha256"] in queued, _("an altered package arrived"))
            for name, pdf in report["files"].items():
                sound = [one["intact"] and one["trusted"] for one in pdf["signatures"]]
                self._must(bool(sound) and all(sound), _("a signature does not hold"))
                line = _("    {name}: {claim}, signed by {who}, intact and trusted")
                who = pdf["signatures"][-1]["holder"]
                self._voice.say(line.format(name=name, claim=pdf["claim"], who=who))

    def exported(self) -> None:
        """The signed files, for whoever wants to open one."""
        self._chapter(_("The signed files of each dossier"))
        for number, dossier in enumerate(self._dossiers, start=1):
            self._run("dossier", "export", dossier[-12:], "-o", f"exported/{number}")

    def where(self, seconds: float) -> None:
        """Where a curious person looks next, and how to try the screen."""
        self._chapter(_("Done in {s:.0f} s. Where everything lies").format(s=seconds))
        for what, place in (
            (_("signed PDF/A-2u files"), "exported"),
            (_("packages of the station"), "station/outbox"),
            (_("packages central received"), "central"),
            (_("throw-away CA, key and passphrase"), "ca"),
        ):
            self._voice.say(f"  {_near(self._folder / place):<32}  {what}")
        self._chapter(_("Try the clerk's screen on this station"))
        program, station = _program(), _near(self._folder / "station")
        serve = f"--root {_near(self._central)} --port {self._port} --demo"
        self._voice.say(f"  {program} central serve {serve} &")
        self._voice.say(f"  {program} --data-dir {station}")
        line = _("  Passphrase for signing: {word}")
        self._voice.say(line.format(word=self._passphrase.read_text(encoding="ascii")))

    # --- how they are done --------------------------------------------------------------------

    @contextmanager
    def central(self) -> Iterator[None]:
        """The reference receiver as a process of its own."""
        words = ("central", "serve", "--root", "central", "--port", str(self._port), "--demo")
        self._chapter(_("Central is switched on: delivery and receipt"))
        self._voice.say(f"$ scanstation {' '.join(words)} &")
        process = subprocess.Popen(
            _command("--quiet", *words),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        try:
            self._must(_answers(self._port, process), _("central did not start"))
            yield
        finally:
            process.terminate()
            process.wait(timeout=_START_LIMIT_S)

    def _new(self, procedure: str, applicant: str) -> str:
        made = self._run("dossier", "new", procedure, "--applicant", applicant)["data"]
        self._dossiers.append(str(made["id"]))
        return self._dossiers[-1][-12:]

    def _seal(self, dossier: str) -> None:
        with self._passphrase.open("rb") as stream:
            number = stream.fileno()
            words = ("seal", dossier, "--account", "as-scanned", "--passphrase-fd", str(number))
            shown = f" {number}< {_near(self._passphrase, self._folder)}"
            self._run(*words, descriptors=(number,), shown=shown)

    def _rows(self, state: str, ask: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
        """The queue as it stands; both packages must be in that state."""
        rows: list[dict[str, Any]] = ask("queue", "list")["data"]
        kept = len(rows) == 2 and all(row["state"] == state for row in rows)
        self._must(kept, _("not both packages are {state}").format(state=state))
        return rows

    def _tell_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            size = -(-row["size"] // 1000)
            line = f"    {row['sequence']}  {row['package'][-12:]}  {size} kB  {_(row['state'])}"
            self._voice.say(line)

    def _as_paper(self, image: Path) -> tuple[str, int]:
        """The page as the uncompressed file SANE's pnm device feeds from, and its dpi."""
        from scanstation.scanner.paper import as_paper

        paper = self._folder / "paper" / f"{image.stem}.ppm"
        paper.parent.mkdir(exist_ok=True)
        return _near(paper, self._folder), as_paper(image, paper)

    def _run(
        self, *words: str, expect: int = 0, descriptors: Sequence[int] = (), shown: str = ""
    ) -> dict[str, Any]:
        """Print the verb as one types it in the demo's folder, and run it."""
        self._voice.say(f"$ scanstation {' '.join(_quoted(word) for word in words)}{shown}")
        return self._answer(*words, expect=expect, descriptors=descriptors)

    def _answer(
        self, *words: str, expect: int = 0, descriptors: Sequence[int] = ()
    ) -> dict[str, Any]:
        done = subprocess.run(
            _command("--json", "--data-dir", "station", *words),
            capture_output=True,
            pass_fds=descriptors,
            cwd=self._folder,
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
    """As a shell wants it; a key in JSON is cut short, nobody types one."""
    return "'{…}'" if word.startswith("{") else shlex.quote(word)


def _near(place: Path, seen_from: Path | None = None) -> str:
    """The path as one would type it: relative where that is shorter."""
    relative = os.path.relpath(place, seen_from or Path.cwd())
    return min(relative, str(place), key=len)


def _program() -> str:
    """This program as one would start it from here."""
    return "scanstation" if shutil.which("scanstation") else _near(Path(sys.argv[0]).absolute())


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
