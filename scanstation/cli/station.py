"""Verbs that set a station up: station, clerk and profile."""

import argparse
from pathlib import Path

from scanstation import errors, settings
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model.profile import (
    CentralSettings,
    Clerk,
    DeviceProfile,
    Holidays,
    Procedure,
    ScanProfile,
    StationSettings,
)
from scanstation.settings import Station

_KINDS: dict[str, type[ScanProfile | Procedure]] = {"scan": ScanProfile, "procedures": Procedure}
_CHECKED: dict[str, type[ScanProfile | Procedure | Holidays | DeviceProfile]] = {
    **_KINDS,
    "holidays": Holidays,
    "devices": DeviceProfile,
}


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    station = verbs.group("station", _("this PC's identity"))
    init = station.add("init", _("make this PC a station"), _init)
    init.add_argument("--id", required=True, help=_("station id, unique in the agency"))
    init.add_argument("--agency", required=True, metavar="NAME")
    init.add_argument("--title", default="", help=_("such as Quầy 2"))
    init.add_argument("--central", default="", metavar="URL")
    init.add_argument("--receipt-key", default="", metavar="JWK")
    init.add_argument("--trust", type=Path, metavar="PEM", help=_("root CA of the clerks' keys"))
    init.add_argument("--demo", action="store_true", help=_("a throw-away station"))
    station.add("show", _("settings and public key"), _show)
    clerk = verbs.group("clerk", _("who scans and signs"))
    add = clerk.add("add", _("add a clerk"), _add)
    add.add_argument("id", metavar="ID")
    add.add_argument("--name", required=True, help=_("as it stands in the stamp"))
    add.add_argument("--key", type=Path, metavar="P12", help=_("PKCS#12 file of the signing key"))
    clerk.add("list", _("clerks of this station"), _clerks)
    login = clerk.add("login", _("every following act carries this clerk"), _login)
    login.add_argument("id", metavar="ID")
    clerk.add("logout", _("nobody is signed in"), _logout)
    profile = verbs.group("profile", _("scan profiles and procedures"))
    profile.add("list", _("ids of all profiles"), _profiles)
    check = profile.add("check", _("validate TOML files; names file, line, nearest key"), _check)
    check.add_argument("files", nargs="*", type=Path, metavar="FILE")
    show = profile.add("show", _("one profile as it is understood"), _profile)
    show.add_argument("name", metavar="ID")
    sheets = profile.add(
        "separators", _("sheets to print; scanning does not tell them apart yet"), _separators
    )
    sheets.add_argument("procedure", metavar="CODE", help=_("such as 1.004873"))
    sheets.add_argument("-o", "--output", required=True, type=Path, metavar="SHEETS.pdf")


def _init(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    central = CentralSettings(url=args.central, receipt_key=args.receipt_key)
    wanted = StationSettings(
        id=args.id, agency=args.agency, title=args.title, central=central, demo=args.demo
    )
    station = Station.create(desk.folder(args), wanted)
    if args.trust:
        station = station.trust(args.trust.resolve())
    bootstrap.make_station_key(station.folder)
    Voice.of(args).data("station", station.settings, str(station.folder))
    return 0


def _show(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    key = bootstrap.public_key(station.folder)
    mine = station.settings
    lines = [
        f"{mine.id}  {mine.agency} {mine.title}".rstrip() + ("  [DEMO]" if mine.demo else ""),
        _("data      {folder}").format(folder=station.folder),
        _("central   {url}").format(url=mine.central.url or "–"),
        _("clerks    {ids}").format(ids=", ".join(clerk.id for clerk in mine.clerks) or "–"),
        _("key       {jwk}").format(jwk=key),
    ]
    Voice.of(args).data("station", {"settings": mine, "key": key}, "\n".join(lines))
    return 0


def _add(args: argparse.Namespace) -> int:
    key = args.key.resolve() if args.key else None
    if key is not None and not key.is_file():
        raise errors.KeyUnusable(key=key, problem=_("no such file"))
    station = desk.station(args).add_clerk(Clerk(id=args.id, name=args.name, key=key))
    Voice.of(args).data("clerk", station.clerk(args.id), args.id)
    return 0


def _clerks(args: argparse.Namespace) -> int:
    station = desk.station(args)
    try:
        now = station.signed_in.id
    except errors.NotSignedIn:
        now = ""
    rows = [
        ("→" if one.id == now else "", one.id, one.name, str(one.key or "–"))
        for one in station.settings.clerks
    ]
    text = table(rows, "", _("id"), _("name"), _("signing key"))
    Voice.of(args).data("clerks", station.settings.clerks, text)
    return 0


def _login(args: argparse.Namespace) -> int:
    clerk = desk.station(args).sign_in(args.id)
    Voice.of(args).data("clerk", clerk, _("Signed in: {name}").format(name=clerk.name))
    return 0


def _logout(args: argparse.Namespace) -> int:
    desk.station(args).sign_out()
    Voice.of(args).data("clerk", None, _("Nobody is signed in."))
    return 0


# --- profiles ---------------------------------------------------------------------------------


def _profiles(args: argparse.Namespace) -> int:
    profiles = desk.profiles(args)
    rows = [
        (kind, name, _title(profiles, kind, name))
        for kind in _KINDS
        for name in profiles.names(kind)
    ]
    value = [{"kind": kind, "id": name, "title": title} for kind, name, title in rows]
    Voice.of(args).data("profiles", value, table(rows, _("kind"), _("id"), _("title")))
    return 0


def _title(profiles: settings.Profiles, kind: str, name: str) -> str:
    return settings.load(profiles.find(kind, name), _KINDS[kind]).title


def _check(args: argparse.Namespace) -> int:
    files = args.files or [
        desk.profiles(args).find(kind, name)
        for kind in _CHECKED
        for name in desk.profiles(args).names(kind)
    ]
    for file in files:
        settings.load(file, _kind(file))
        Voice.of(args).say(_("{file}: in order").format(file=file))
    Voice.of(args).data(
        "profiles", [str(file) for file in files], _("{n} files are in order").format(n=len(files))
    )
    return 0


def _kind(
    file: Path,
) -> type[ScanProfile | Procedure | Holidays | DeviceProfile | StationSettings]:
    """What a TOML file is, by its folder or else by what stands in it."""
    if file.name.startswith("station"):
        return StationSettings
    if file.parent.name in _CHECKED:
        return _CHECKED[file.parent.name]
    try:
        text = file.read_text(encoding="utf-8")
        if "[[match]]" in text or "\nmatch = " in text:
            return DeviceProfile
        return Procedure if "[[components]]" in text else ScanProfile
    except (OSError, UnicodeDecodeError) as fault:
        raise errors.SettingsError(file=file, line=1, problem=str(fault)) from fault


def _profile(args: argparse.Namespace) -> int:
    import msgspec

    profiles = desk.profiles(args)
    kind = "procedures" if args.name in profiles.names("procedures") else "scan"
    found = settings.load(profiles.find(kind, args.name), _KINDS[kind])
    text = "\n".join(f"{key} = {value}" for key, value in msgspec.to_builtins(found).items())
    Voice.of(args).data("profile", found, text)
    return 0


def _separators(args: argparse.Namespace) -> int:
    from scanstation.sheets.separator import write_separators

    procedure = desk.profiles(args).procedure(args.procedure)
    pages = write_separators(procedure, args.output)
    value = {"file": str(args.output), "pages": pages}
    Voice.of(args).data("separators", value, str(args.output))
    return 0
