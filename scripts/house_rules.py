"""The house rules no linter knows: docs/design.md sections 1 and 5.12.

Looks at scanstation/ only. It refuses names that say nothing and sizes that hide an algorithm; it
does not judge what is inside.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "scanstation"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}


def complaints(path: Path) -> Iterator[str]:
    """One sentence per broken rule in one module."""
    where = path.relative_to(PACKAGE.parent)
    for part in path.relative_to(PACKAGE).with_suffix("").parts:
        if EMPTY_NAMES & set(part.split("_")):
            yield f"{where}: the name '{part}' does not say what is inside"
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n")
    if lines > MAX_FILE_LINES:
        yield f"{where}: {lines} lines in one file (at most {MAX_FILE_LINES})"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > MAX_FUNCTION_LINES:
                place = f"{where}:{node.lineno}: {node.name}"
                yield f"{place} has {size} lines (at most {MAX_FUNCTION_LINES})"


def main() -> int:
    """Print what breaks a rule; 1 when anything does."""
    found = [line for path in sorted(PACKAGE.rglob("*.py")) for line in complaints(path)]
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
