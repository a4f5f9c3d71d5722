"""When a file in a shared folder is finished: it stood still over several looks; pure but one list.

Refused as papers: names that writers use while they write, hidden files, links and folders.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

LOOKS = 3
"""Looks at which size, time and identity must be the same."""
STILL_S = 2.0
"""Seconds between the first and the last of them; SMB clients flush within one."""
PATIENCE_S = 600.0
"""Seconds after which a file that is not whole is claimed all the same, for a clerk to see."""
_UNFINISHED = re.compile(
    r"^[.~]|~$|\.(part|partial|tmp|temp|filepart|crdownload|download|swp|lock)$"
    r"|^(thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)

Mark = tuple[int, int, int]
"""Size in bytes, modification time in nanoseconds, inode."""


@dataclass(frozen=True)
class Sighting:
    """One file over the looks at it."""

    mark: Mark
    since: float
    """Monotonic seconds of the first look that saw it like this."""
    looks: int = 1
    problem: str = ""
    """Why it is not whole, as last asked."""
    ask_at: int = LOOKS
    """Look at which opening it is worth a try: each failure doubles the number."""

    @classmethod
    def after(cls, before: "Sighting | None", mark: Mark, now: float) -> "Sighting":
        """This look, given the one before."""
        if before is None or before.mark != mark:
            return cls(mark, now)
        return replace(before, looks=before.looks + 1)

    def is_still(self, now: float) -> bool:
        """Whether nobody seems to write it any more."""
        return self.looks >= LOOKS and now - self.since >= STILL_S

    def asked(self, problem: str) -> "Sighting":
        """After opening it was tried."""
        return replace(self, problem=problem, ask_at=2 * self.looks)


def is_paper(name: str) -> bool:
    """Whether a file of that name may be a finished one."""
    return not _UNFINISHED.search(name)


def papers_in(folder: Path) -> Iterator[tuple[str, Mark]]:
    """Names and marks of the regular files lying directly in `folder`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            finished = is_paper(entry.name) and entry.is_file(follow_symlinks=False)
            if finished and (mark := mark_of(entry)) is not None:
                yield entry.name, mark


def mark_of(file: os.DirEntry[str] | Path) -> Mark | None:
    """None for a file that was taken away while we looked."""
    try:
        found = file.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
