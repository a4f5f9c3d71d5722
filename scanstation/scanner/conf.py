"""A private libsane configuration: only the backends a profile names, so that looking is quick.

With the system's list libsane asks some 80 drivers and the network (8.4 s measured with no
scanner); with one backend the answer is immediate, and another driver's crash is not ours.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

_SYSTEM = Path("/etc/sane.d")
# The shipped test.conf ends at 200 mm, less than an A4 sheet; the last line of a name wins.
_TEST = 'geometry_max 300.0\nresolution 100.0\ntest-picture "Color pattern"\n'


def write(folder: Path, backends: Sequence[str]) -> None:
    """Fill the empty `folder` for use as SANE_CONFIG_DIR with just `backends`."""
    (folder / "dll.conf").write_text("".join(f"{name}\n" for name in backends), encoding="ascii")
    for name in backends:
        _copy(name, folder)
    if "test" in backends:
        with (folder / "test.conf").open("a", encoding="ascii") as stream:
            stream.write("\n" + _TEST)


def _copy(backend: str, folder: Path) -> None:
    for system in _system_folders():
        if (settings := system / f"{backend}.conf").is_file():
            shutil.copyfile(settings, folder / settings.name)
            if (more := system / f"{backend}.d").is_dir():
                shutil.copytree(more, folder / more.name)
            return


def _system_folders() -> list[Path]:
    """Where IT staff keep the settings: SANE_CONFIG_DIR as they set it, then /etc/sane.d."""
    named = os.environ.get("SANE_CONFIG_DIR", "").split(":")
    return [Path(name) for name in named if name] + [_SYSTEM]
