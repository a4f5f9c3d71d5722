"""Verbs that set a station up: station, clerk and profile."""

import argparse
from pathlib import Path

from scanstation import errors, settings
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _, many
from scanstation.model.profile import (
    USUAL_PROFILE,
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
    examples = (
        "station init --id H42.15.33-Q2 --agency 'UBND xã Tân Hợp' --title 'Quầy 2'",
        'station init … --central https://central.example.vn --receipt-key "$(cat key.jwk)"',
    )
    init = station.add("init", _("make this PC a station"), _init, examples)
    unique = _("station id, unique in the agency")
    init.add_argument("--id", required=True, metavar="ID", help=unique)
    init.add_argument("--agency", required=True, metavar="NAME", help=_("such as UBND xã Tân Hợp"))
    init.add_argument("--title", default="", metavar="NAME", help=_("such as Quầy 2"))
    where = _("address of the central system")
    init.add_argument("--central", default="", metavar="URL", help=where)
    key = _("central's public key for receipts, as «central key» prints it")
    init.add_argument("--receipt-key", default="", metavar="JWK", help=key)
    init.add_argument("--trust", type=Path, metavar="PEM", help=_("root CA of the clerks' keys"))
    usual = _("scan profile used where none is named; default: {name}")
    init.add_argument(
        "--profile", default=USUAL_PROFILE, metavar="ID", help=usual.format(name=USUAL_PROFILE)
    )
    init.add_argument("--demo", action="store_true", help=_("a throw-away station"))
    station.add("show", _("settings and public key"), _show)
    clerk = verbs.group("clerk", _("who scans and signs"))
    example = ("clerk add duong --name 'Nguyễn Thị Đường' --key duong.p12",)
    add = clerk.add("add", _("add a clerk"), _add, example)
    add.add_argument("id", metavar="ID", help=_("short name to sign in with"))
    add.add_argument("--name", required=True, metavar="NAME", help=_("as it stands in the stamp"))
    add.add_argument("--key", type=Path, metavar="P12", help=_("PKCS#12 file of the signing key"))
    clerk.add("list", _("clerks of this station"), _clerks)
    login = clerk.add("login", _("every following act carries this clerk"), _login)
    login.add_argument("id", metavar="ID", help=_("short name to sign in with"))
    clerk.add("logout", _("nobody is signed in"), _logout)
    profile = verbs.group("profile", _("scan profiles and procedures"))
    profile.add("list", _("ids of all profiles"), _profiles)
    check = profile.add("check", _("validate TOML files; names file, line, nearest key"), _check)
    check.add_argument("files", nargs="*", type=Path, metavar="FILE", help=_("default: all"))
    show = profile.add("show", _("one profile as it is understood"), _profile)
    show.add_argument("name", metavar="ID", help=_("as «profile list» prints it"))
    sheets = profile.add(
        "separators", _("sheets to print; scanning does not tell them apart yet"), _separators
    )
    sheets.add_argument("procedure", metavar="CODE", help=_("such as 1.004873"))
    target = _("the file to write")
    sheets.add_argument(
        "-o", "--output", required=True, type=Path, metavar="SHEETS.pdf", help=target
    )


def _init(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    wanted, folder = _wanted(args), desk.folder(args)
    Station.must_be_new(folder)
    bootstrap.make_station_key(folder)  # before station.toml: a stop leaves no station without it
    station = Station.create(folder, wanted)
    Voice.of(args).data("station", station.settings, str(station.folder))
    return 0


def _wanted(args: argparse.Namespace) -> StationSettings:
    if args.trust and not args.trust.is_file():
        raise errors.UnreadableInput(file=args.trust, problem=_("no such file"))
    try:
        return StationSettings(
            id=args.id,
            agency=args.agency,
            title=args.title,
            default_profile=args.profile,
            central=CentralSettings(url=args.central, receipt_key=args.receipt_key),
            trust=(args.trust.resolve(),) if args.trust else (),
            demo=args.demo,
        )
    except ValueError as fault:
        raise errors.UsageError(detail=str(fault)) from fault


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
        "profiles",
        [str(file) for file in files],
        many("{n} file is in order", "{n} files are in order", len(files)).format(n=len(files)),
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
