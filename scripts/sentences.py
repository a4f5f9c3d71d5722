"""The sentences of the code and their Vietnamese catalog; run by scripts/catalog and its test.

Read with Python's own parser: Babel's, on Python 3.11, does not see a `_("…")` that stands inside
an f-string. It refuses a sentence it cannot read whole, because that one would never be translated.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "scanstation" / "locale" / "vi" / "LC_MESSAGES"
HEADER = "# Vietnamese sentences of ScanStation. scripts/catalog brings this file up to date."

Sentence = str | tuple[str, str]


def used(folder: Path) -> set[Sentence]:
    """Every sentence of the Python files in `folder`; a pair is singular and plural."""
    return {
        sentence
        for file in folder.rglob("*.py")
        for sentence in _said(ast.parse(file.read_bytes()), file)
    }


def _said(tree: ast.AST, file: Path) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match getattr(node.func, "id", getattr(node.func, "attr", "")), node.args:
            case "_" | "mark", [ast.Constant(value=str(text))]:
                yield text
            case "many", [ast.Constant(value=str(one)), ast.Constant(value=str(other)), _count]:
                yield one, other
            case (("mark" | "many"), _):
                raise ValueError(f"{file}:{node.lineno}: a sentence must stand here as it is")


def catalog() -> Catalog:
    """The catalog as it is written."""
    with (FOLDER / "scanstation.po").open("rb") as stream:
        return read_po(stream, "vi")


def main() -> int:
    """Bring the catalog up to date and compile it; 1 while something is untranslated."""
    ours = catalog()
    template = Catalog(creation_date=ours.creation_date)
    for sentence in used(ROOT / "scanstation"):
        template.add(sentence)
    ours.update(template, no_fuzzy_matching=True)
    ours.header_comment = HEADER
    with (FOLDER / "scanstation.po").open("wb") as stream:
        write_po(stream, ours, width=100, sort_output=True, ignore_obsolete=True)
    with (FOLDER / "scanstation.mo").open("wb") as stream:
        write_mo(stream, ours)
    missing = [one.id for one in ours if one.id and not (one.string and all(one.string))]
    print(*missing, sep="\n", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
