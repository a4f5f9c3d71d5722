"""TOML -> station settings, scan profiles, procedures, holidays.

An unknown key is refused with the file, the line and the nearest right key.

Profiles are looked up in the station's own folder first, so a province can overwrite what ships.
Nothing is guessed: a wrong value stops with the file and the line. Secrets are never read here.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import platformdirs
import tomlkit

from scanstation import durable, errors
from scanstation.i18n import _, mark
from scanstation.model.profile import (
    Clerk,
    DeviceProfile,
    Holidays,
    Procedure,
    ScanProfile,
    StationSettings,
)

Struct = TypeVar("Struct", bound=msgspec.Struct)
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]*)`(?: - at `(?P<at>[^`]*)`)?")
_KINDS = {
    "scan": mark("scan profile"),
    "procedures": mark("procedure"),
    "holidays": mark("holiday calendar"),
    "devices": mark("device profile"),
}
_PLACE = re.compile(r" - at `(?P<at>[^`]*)`$")


def default_folder() -> Path:
    """Where a station keeps its data when `--data-dir` does not say."""
    return platformdirs.user_data_path("scanstation", appauthor=False)


# --- one file ---------------------------------------------------------------------------------


def load(path: Path, kind: type[Struct]) -> Struct:
    """Read a TOML file into `kind`; errors.SettingsError names the line that is wrong."""
    text = _text(path)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"line (\d+)", str(fault))
        raise _wrong(path, int(line[1]) if line else 1, str(fault)) from fault
    try:
        return msgspec.convert(tree, kind, dec_hook=_paths_from(path.parent))
    except msgspec.ValidationError as fault:
        raise _explained(path, text, kind, str(fault)) from fault


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        problem = _("cannot be read as UTF-8 text ({why})").format(why=fault)
        raise _wrong(path, 1, problem) from fault


def _paths_from(folder: Path) -> Any:
    def decode(kind: type, value: object) -> object:
        if kind is Path and isinstance(value, str):
            return folder / Path(value).expanduser()
        raise NotImplementedError(f"{kind} in a settings file")

    return decode


def _wrong(path: Path, line: int, problem: str) -> errors.SettingsError:
    return errors.SettingsError(file=path, line=line, problem=problem)


def _explained(path: Path, text: str, kind: type, message: str) -> errors.SettingsError:
    lines = dict(_positions(text))
    if unknown := _UNKNOWN.search(message):
        at = f"{unknown['at'] or '$'}.{unknown['key']}"
        problem = _("unknown key «{key}»").format(key=unknown["key"])
        near = difflib.get_close_matches(unknown["key"], _names_in(kind), n=1, cutoff=0.5)
        if near:
            problem += _(", did you mean «{key}»?").format(key=near[0])
        return _wrong(path, _line(lines, at), problem)
    place = _PLACE.search(message)
    at = place["at"] if place else "$"
    said = _PLACE.sub("", message)
    return _wrong(path, _line(lines, at), f"«{at.lstrip('$.') or _('file')}»: {said}")


def _line(lines: dict[str, int], at: str) -> int:
    """The line of a value, or of the nearest thing around it that has one."""
    while at not in lines and len(at) > 1:
        at = re.sub(r"(\.[^.\[]+|\[[^\]]*\])$", "", at) if at[-1] != "$" else "$"
    return lines.get(at, 1)


def _positions(text: str) -> Iterator[tuple[str, int]]:
    """Pairs (path such as $.components[1].title, 1-based line) of keys and table headers."""
    table, counts = "$", {}  # type: tuple[str, dict[str, int]]
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if header := re.match(r"\[\[\s*([\w.\-]+)\s*\]\]", line):
            counts[header[1]] = counts.get(header[1], -1) + 1
            table = f"$.{header[1]}[{counts[header[1]]}]"
            yield table, number
        elif header := re.match(r"\[\s*([\w.\-]+)\s*\]", line):
            table = f"$.{header[1]}"
            yield table, number
        elif key := re.match(r"[\"']?([\w\-]+)[\"']?\s*[=.]", line):
            yield f"{table}.{key[1]}", number


def _names_in(kind: type) -> list[str]:
    """Every key that may stand anywhere in files of `kind`."""
    names: list[str] = []
    for field in msgspec.structs.fields(kind):
        names.append(field.encode_name)
        inner = [kind_ for kind_ in _inside(field.type) if kind_ is not kind]
        names += [name for kind_ in inner for name in _names_in(kind_)]
    return names


def _inside(annotation: Any) -> list[type]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in _inside(part)]


def write_new(path: Path, value: msgspec.Struct) -> None:
    """Write `value` as a TOML file; errors.UsageError when there is one already."""
    tree = msgspec.to_builtins(value)
    filled = {key: one for key, one in tree.items() if one not in ("", [], {}, ())}
    try:
        durable.publish(path, tomlkit.dumps(filled).encode(), exclusive=True)
    except FileExistsError as fault:
        raise errors.UsageError(detail=_("«{file}» exists already").format(file=path)) from fault


# --- profiles ---------------------------------------------------------------------------------


def shipped_profiles() -> Path:
    """The profiles that came with the program: inside the wheel, or beside it in a checkout."""
    packaged = Path(__file__).parent / "profiles"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "profiles"


class Profiles:
    """Scan profiles and procedures by id; the station's folder wins over what shipped."""

    def __init__(self, data: Path) -> None:
        self._roots = (data / "profiles", shipped_profiles())

    def scan(self, wanted: str) -> ScanProfile:
        """The scan profile named `wanted`, or in the TOML file at that path."""
        return load(self.find("scan", wanted), ScanProfile)

    def procedure(self, wanted: str) -> Procedure:
        """The procedure with that code, or in the TOML file at that path."""
        return load(self.find("procedures", wanted), Procedure)

    def holidays(self) -> tuple[Holidays, ...]:
        """The holidays of every year there is a file for, by year."""
        return tuple(load(self.find("holidays", year), Holidays) for year in self.names("holidays"))

    def devices(self) -> tuple[DeviceProfile, ...]:
        """The profiles of all kinds of devices."""
        return tuple(
            load(self.find("devices", each), DeviceProfile) for each in self.names("devices")
        )

    def names(self, kind: str) -> tuple[str, ...]:
        """All ids of a kind ("scan", "procedures", "holidays" or "devices"), sorted."""
        return tuple(sorted({path.stem for root in self._roots for path in self._in(root, kind)}))

    def find(self, kind: str, wanted: str) -> Path:
        """The file of a profile; errors.NoSuchThing names the nearest id."""
        if wanted.endswith(".toml") and Path(wanted).is_file():
            return Path(wanted)
        for root in self._roots:
            for path in self._in(root, kind):
                if path.stem == wanted:
                    return path
        near = difflib.get_close_matches(wanted, self.names(kind), n=1, cutoff=0.4)
        hint = (
            _("The nearest is «{name}».").format(name=near[0])
            if near
            else _("See «scanstation profile list».")
        )
        raise errors.NoSuchThing(kind=_(_KINDS[kind]), name=wanted, hint=hint)

    @staticmethod
    def _in(root: Path, kind: str) -> Sequence[Path]:
        return sorted((root / kind).glob("*.toml"))


# --- the station ------------------------------------------------------------------------------


_FILE = "station.toml"


class Session(msgspec.Struct, frozen=True):
    """Who is signed in at this station."""

    clerk: str


class Station:
    """The settings of one data folder, read afresh on each start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profiles = Profiles(folder)
        if not self._file.is_file():
            raise errors.NoStation(folder=folder)
        self.settings = load(self._file, StationSettings)

    @property
    def _file(self) -> Path:
        return self.folder / _FILE

    @staticmethod
    def must_be_new(folder: Path) -> None:
        """errors.UsageError where a station is already."""
        if (folder / _FILE).exists():
            raise _taken(folder)

    @classmethod
    def create(cls, folder: Path, settings: StationSettings) -> "Station":
        """Write a new station.toml; an existing station is never overwritten."""
        durable.make_folder(folder)
        tree: dict[str, object] = {
            "id": settings.id,
            "agency": settings.agency,
            "title": settings.title,
            "default_profile": settings.default_profile,
        }
        tree |= {"demo": True} if settings.demo else {}
        tree |= {"trust": [str(root) for root in settings.trust]} if settings.trust else {}
        if settings.central.url:
            tree["central"] = {
                "url": settings.central.url,
                "receipt_key": settings.central.receipt_key,
            }
        try:
            durable.publish(folder / _FILE, tomlkit.dumps(tree).encode(), exclusive=True)
        except FileExistsError as fault:
            raise _taken(folder) from fault
        return cls(folder)

    def add_clerk(self, clerk: Clerk) -> "Station":
        """Append a clerk to station.toml, keeping its comments."""
        if any(one.id == clerk.id for one in self.settings.clerks):
            raise errors.UsageError(detail=_("clerk «{id}» exists already").format(id=clerk.id))
        tree = tomlkit.parse(_text(self._file))
        clerks = tree.setdefault("clerks", tomlkit.aot())
        row = {"id": clerk.id, "name": clerk.name}
        clerks.append(tomlkit.item(row | ({"key": str(clerk.key)} if clerk.key else {})))
        return self._rewritten(tree)

    def _rewritten(self, tree: tomlkit.TOMLDocument) -> "Station":
        durable.publish(self._file, tomlkit.dumps(tree).encode())
        return Station(self.folder)

    def clerk(self, wanted: str) -> Clerk:
        """The clerk with that id; errors.NoSuchThing lists who there is."""
        for clerk in self.settings.clerks:
            if clerk.id == wanted:
                return clerk
        known = ", ".join(clerk.id for clerk in self.settings.clerks) or "–"
        hint = _("Known: {all}.").format(all=known)
        raise errors.NoSuchThing(kind=_("clerk"), name=wanted, hint=hint)

    def sign_in(self, wanted: str) -> Clerk:
        """Make a clerk the one every following act carries."""
        clerk = self.clerk(wanted)
        durable.publish(self.folder / "session.json", msgspec.json.encode(Session(clerk.id)))
        return clerk

    def sign_out(self) -> None:
        """Forget who is signed in."""
        durable.remove(self.folder / "session.json")

    @property
    def signed_in(self) -> Clerk:
        """The clerk of the next act; errors.NotSignedIn without one."""
        try:
            session = msgspec.json.decode((self.folder / "session.json").read_bytes(), type=Session)
        except (OSError, msgspec.DecodeError) as fault:
            raise errors.NotSignedIn() from fault
        return self.clerk(session.clerk)


def _taken(folder: Path) -> errors.UsageError:
    return errors.UsageError(detail=_("«{folder}» already holds a station").format(folder=folder))
