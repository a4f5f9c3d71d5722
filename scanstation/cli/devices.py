"""Verbs over scanners: which answer, what one says of itself, and one page scanned as a test."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scanstation import errors, settings
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, table
from scanstation.i18n import _
from scanstation.model.profile import ScanProfile

if TYPE_CHECKING:
    from scanstation.bootstrap import Trial
    from scanstation.scanner import DeviceDescription, OptionInfo

_WIDTH = 64  # columns of a list of values; --json has them whole
_DRIVERS = ("sane", "scanimage", "escl")


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    devices = verbs.group("devices", _("scanners"))
    listing = devices.add("list", _("scanners that answer now"), _list)
    listing.add_argument("--profile", default="", help=_("look the way this profile does"))
    listing.add_argument("--driver", choices=_DRIVERS, help=_("escl looks around in the network"))
    probe = devices.add("probe", _("what a scanner says it can do"), _probe)
    probe.add_argument(
        "--write", type=Path, metavar="TOML", help=_("also write a draft of its device profile")
    )
    test = devices.add("test", _("scan one page, measure it and throw it away"), _test)
    for parser in (probe, test):
        parser.add_argument("device", metavar="DEVICE", help=_("such as test:0 or http://IP/eSCL"))
        parser.add_argument("--profile", default="", help=_("with the settings of this profile"))
        parser.add_argument("--driver", choices=_DRIVERS, help=_("instead of the obvious one"))


def _list(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    profile = desk.profiles(args).scan(args.profile) if args.profile else None
    if args.driver:
        profile = ScanProfile(id="devices-list", driver=args.driver)
    found = bootstrap.devices(profile)
    rows = [(one.name, one.vendor, one.model, one.kind) for one in found]
    text = table(rows, _("device"), _("vendor"), _("model"), _("kind"))
    Voice.of(args).data("devices", found, text if rows else _("No scanner answers."))
    return 0 if rows else errors.DeviceNotFound.exit_code


def _meant(args: argparse.Namespace) -> ScanProfile:
    """The named profile, or a plain one, for the device of the command line."""
    import msgspec

    named = desk.profiles(args).scan(args.profile) if args.profile else None
    obvious = "escl" if args.device.startswith(("http://", "https://")) else "sane"
    driver = args.driver or (named.driver if named else obvious)
    plain = named or ScanProfile(id="devices-test", dpi=300)
    return msgspec.structs.replace(plain, device=args.device, driver=driver, feeder=False)


def _probe(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    said = bootstrap.describe(_meant(args), desk.profiles(args))
    if args.write:
        settings.write_new(args.write, bootstrap.device_draft(said))
        Voice.of(args).say(_("Written as a draft: {file}").format(file=args.write))
    Voice.of(args).data("device", said, _described(said))
    return 0


def _described(said: "DeviceDescription") -> str:
    head = _("{device}: {vendor} {model}, backend {backend}, device profile {profile}").format(
        device=said.device.name,
        vendor=said.device.vendor or "–",
        model=said.device.model or "–",
        backend=said.backend,
        profile=said.profile or "–",
    )
    rows = [
        (one.name, _shortened(_range(one)), _shortened(one.value))
        for one in said.options
        if one.active
    ]
    return head + "\n" + table(rows, _("option"), _("values"), _("now"))


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _range(option: "OptionInfo") -> str:
    if option.choices:
        return " | ".join(f"{one:g}" if isinstance(one, float) else one for one in option.choices)
    if option.low is not None and option.high is not None:
        return f"{option.low:g} … {option.high:g}"
    return option.kind


def _test(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    trial = bootstrap.try_device(_meant(args), desk.profiles(args))
    Voice.of(args).data("device-test", trial, _tried(trial))
    return 0


def _tried(trial: "Trial") -> str:
    size = f"{trial.width} × {trial.height} px, {trial.width_mm:g} × {trial.height_mm:g} mm"
    rows = [
        (_("device"), trial.device),
        (_("resolution"), f"{trial.dpi:g} dpi"),
        (_("size"), size),
        (_("mode"), trial.mode),
        (_("skew"), f"{trial.skew:g}°"),
        (_("ink"), f"{trial.black:.1%}"),
        (_("time"), f"{trial.seconds:g} s"),
        *((name, value) for name, value in trial.actual.items() if name != "resolution"),
        *((_("warning"), sentence) for sentence in trial.warnings),
    ]
    width = max(len(name) for name, _value in rows)
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in rows)
