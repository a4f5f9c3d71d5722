"""Verbs that make files: seal, digitise and verify."""

import argparse
import tempfile
from pathlib import Path

from scanstation import errors
from scanstation.cli import Verbs, desk
from scanstation.cli.voice import Voice, count_of_pages
from scanstation.document import Signature
from scanstation.i18n import _, shown
from scanstation.model.events import DossierQueued, FileWritten
from scanstation.model.manifest import PackageReport
from scanstation.model.profile import Keeping, OneBit, Reading, Treatment
from scanstation.model.sealing import TEXT
from scanstation.model.signing import PdfReport
from scanstation.model.wording import verdict


def register(verbs: Verbs) -> None:
    """Hang the verbs of this module."""
    seal = verbs.add(
        "seal",
        _("sign, pack and queue a complete dossier"),
        _seal,
        (
            "seal dac0f1702f17 --account as-scanned",
            "seal dac0f1702f17 --passphrase-fd 3 3< passphrase.txt",
        ),
    )
    seal.add_argument("dossier", metavar="ID", help=_("id or its ending"))
    seal.add_argument(
        "--account",
        choices=["given", "as-scanned"],
        default="given",
        help=_("as-scanned: declare the sheets the images were made of, all given back"),
    )
    _stamp_option(seal)
    desk.passphrase_option(seal)
    _register_digitise(verbs)
    verify = verbs.add(
        "verify",
        _("check a PDF or a package"),
        _verify,
        ("verify 01-to-khai.pdf", "verify package.ssp.zip --trust clerks-root.pem"),
    )
    verify.add_argument("file", type=Path, metavar="FILE", help=_("a .pdf or a .ssp.zip"))
    verify.add_argument(
        "--trust", action="append", default=[], type=Path, metavar="PEM", help=_("root CA to trust")
    )


def _register_digitise(verbs: Verbs) -> None:
    digitise = verbs.add(
        "digitise",
        _("images or unsigned PDFs to one PDF/A-2u, without a dossier"),
        _digitise,
        (
            "digitise page-1.jpg page-2.jpg -o letter.pdf",
            "digitise old.pdf -o signed.pdf --key duong.p12",
        ),
    )
    files = _("images and PDFs, in the order of the pages")
    digitise.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help=files)
    target = _("the file to write")
    digitise.add_argument(
        "-o", "--output", required=True, type=Path, metavar="OUT.pdf", help=target
    )
    digitise.add_argument(
        "--reading",
        choices=[one.value for one in Reading],
        default=Reading.THOROUGH.value,
        help=_("read the text once (quick), again where in doubt (thorough), or not at all (none)"),
    )
    digitise.add_argument(
        "--keeping",
        choices=[one.value for one in Keeping],
        default=Keeping.FAITHFUL.value,
        help=_("whole pages, or print and pictures in layers where that does no harm"),
    )
    _one_bit_option(digitise)
    digitise.add_argument("--no-deskew", action="store_true", help=_("leave skewed pages skewed"))
    digitise.add_argument("--sign", action="store_true", help=_("sign as the signed-in clerk"))
    digitise.add_argument("--key", type=Path, metavar="P12", help=_("sign with this PKCS#12 file"))
    digitise.add_argument(
        "--name", default="", metavar="NAME", help=_("name in the stamp, with --key")
    )
    _stamp_option(digitise)
    desk.passphrase_option(digitise)


def _one_bit_option(digitise: argparse.ArgumentParser) -> None:
    digitise.add_argument(
        "--one-bit",
        choices=[one.value for one in OneBit],
        default=OneBit.JBIG2.value,
        help=_("how black and white is coded: jbig2, or g4 for archives that refuse it"),
    )


def _stamp_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stamp",
        choices=["corner", "none"],
        default="corner",
        help=_("visible stamp at the top left of page 1, or none"),
    )


def _seal(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    station = desk.station(args)
    clerk = station.signed_in
    with desk.intake(station) as intake:
        dossier = intake.dossier(args.dossier)
        signer = bootstrap.unlock(clerk.key, desk.passphrase(args, clerk.key))
        usual = args.account == "as-scanned"
        stamp = args.stamp != "none"
        story = intake.seal(dossier.id, clerk, signer, stamp=stamp, as_scanned=usual)
        heard = Voice.of(args).follow(story)
    row = next(event.row for event in heard if isinstance(event, DossierQueued))
    Voice.of(args).data("package", row, row.package)
    return 0


def _digitise(args: argparse.Namespace) -> int:
    from scanstation import bootstrap

    _must_be_new(args.inputs, args.output)
    signature, trust = _signature(args)
    treatment = Treatment(
        deskew=not args.no_deskew, reading=Reading(args.reading), one_bit=OneBit(args.one_bit)
    )
    with (
        bootstrap.documents(trust) as maker,
        tempfile.TemporaryDirectory(prefix="scanstation-") as scratch,
    ):
        story = maker.digitise(
            args.inputs,
            args.output,
            treatment,
            signature,
            Path(scratch),
            Keeping(args.keeping),
        )
        Voice.of(args).follow(story)
        report = maker.report(args.output)
    Voice.of(args).data("pdf", report, str(args.output))
    return 0


def _must_be_new(inputs: list[Path], output: Path) -> None:
    if any(path.resolve() == output.resolve() for path in inputs):
        raise errors.UsageError(
            detail=_("the output would overwrite an input: {f}").format(f=output)
        )
    if not output.absolute().parent.is_dir():
        detail = _("the folder of the output does not exist: {f}").format(f=output.parent)
        raise errors.UsageError(detail=detail)


def _signature(args: argparse.Namespace) -> tuple[Signature | None, tuple[Path, ...]]:
    from scanstation import bootstrap

    if args.key:
        signer = bootstrap.unlock(args.key, desk.passphrase(args, args.key))
        name = args.name or signer.holder
        return Signature(signer, name if args.stamp != "none" else None), ()
    if not args.sign:
        return None, ()
    station = desk.station(args)
    clerk = station.signed_in
    signer = bootstrap.unlock(clerk.key, desk.passphrase(args, clerk.key))
    stamped = clerk.name if args.stamp != "none" else None
    return Signature(signer, stamped), station.settings.trust


# --- verify -----------------------------------------------------------------------------------


def _verify(args: argparse.Namespace) -> int:
    trust = tuple(args.trust) or _station_trust(args)
    sound = _verify_package(args, trust) if _is_packed(args.file) else _verify_pdf(args, trust)
    return 0 if sound else errors.IntegrityError.exit_code


def _is_packed(file: Path) -> bool:
    if not file.is_file():
        raise errors.UnreadableInput(file=file, problem=_("no such file"))
    try:
        with file.open("rb") as stream:
            return stream.read(4) == b"PK\x03\x04"
    except OSError as fault:
        raise errors.UnreadableInput(file=file.name, problem=fault.strerror) from fault


def _station_trust(args: argparse.Namespace) -> tuple[Path, ...]:
    try:
        return desk.station(args).settings.trust
    except errors.NoStation:
        return ()


def _verify_pdf(args: argparse.Namespace, trust: tuple[Path, ...]) -> bool:
    from scanstation import bootstrap

    report = bootstrap.verifier().report(args.file, trust)
    Voice.of(args).data("pdf", report, "\n".join(_pdf_lines(args.file.name, report)))
    return _sound(report)


def _sound(report: PdfReport) -> bool:
    """Whether every signature holds for the file as it lies there; trust is only told."""
    return all(one.intact and one.covers_whole_file for one in report.signatures)


def _verify_package(args: argparse.Namespace, trust: tuple[Path, ...]) -> bool:
    from scanstation import bootstrap
    from scanstation.package.read import read_package

    report = read_package(args.file)
    with tempfile.TemporaryDirectory(prefix="scanstation-") as scratch:
        inside = [
            (path.name, bootstrap.verifier().report(path, trust))
            for path in _extracted(args.file, Path(scratch))
            if path.suffix == ".pdf"
        ]
    lines = [*_package_lines(report), *_text_lines(report)]
    for name, pdf in inside:
        lines += ["", *_pdf_lines(name, pdf)]
    value = {"package": report, "files": dict(inside)}
    Voice.of(args).data("verified-package", value, "\n".join(lines))
    return all(_sound(pdf) for _name, pdf in inside)


def _extracted(package: Path, folder: Path) -> list[Path]:
    from scanstation.package.read import extract

    return [event.path for event in extract(package, folder) if isinstance(event, FileWritten)]


def _package_lines(report: PackageReport) -> list[str]:
    manifest = report.manifest
    corrects = _("supersedes {id}, of dossier {dossier}")
    instead = corrects.format(id=manifest.supersedes, dossier=manifest.corrects)
    added = _("supplements {id} with a better text").format(id=manifest.supplements)
    return [
        *((instead,) if manifest.supersedes else ()),
        *((added,) if manifest.supplements else ()),
        _("package   {id}").format(id=manifest.package) + (_("  [DEMO]") if manifest.demo else ""),
        _("dossier   {id}").format(id=manifest.dossier),
        _("procedure {code} {title}").format(
            code=manifest.procedure, title=manifest.procedure_title
        ),
        _("station   {id}, number {n}, sealed {at}").format(
            id=manifest.station, n=manifest.sequence, at=manifest.sealed_at
        ),
        _("sha256    {digest}").format(digest=report.sha256),
        _("every name, size and hash agrees; the station's seal is valid"),
    ]


def _text_lines(report: PackageReport) -> list[str]:
    """The text files of a supplement; none in a dossier's own package."""
    files = (file for component in report.manifest.components for file in component.files)
    return [
        f"{Path(file.path).name}: {count_of_pages(file.pages)}, {file.made_with}"
        for file in files
        if file.claim == TEXT
    ]


def _pdf_lines(name: str, report: PdfReport) -> list[str]:
    claim = report.claim or _("no PDF/A claim")
    made_with = f", {shown(report.made_with)}" if report.made_with else ""
    lines = [f"{name}: {count_of_pages(report.pages)}, {claim}{made_with}"]
    lines += [f"  {verdict(one)}" for one in report.signatures]
    return lines if report.signatures else [*lines, _("  no signature")]
