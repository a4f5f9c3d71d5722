"""Runs every benchmark, or those named: python benchmarks/run.py [digitise reading …] [--quick]."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = {"run", "measure", "subjects", "tools", "pdf_pages", "pdf_faithful", "__init__"}


def main() -> None:
    """Run benchmarks one after the other; each prints its own table."""
    sys.path.insert(0, str(ROOT))
    here = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    wanted = named or [name for name in here if name not in OURS]
    for name in wanted:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n## {name}: {(module.__doc__ or '').splitlines()[0]}\n", flush=True)
        module.main()


if __name__ == "__main__":
    main()
