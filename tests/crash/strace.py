"""A child whose system calls strace counts, kills or spoils: the stop comes exactly where we say.

The child is forked from here with everything imported, so that a run costs a tenth of a second and
the n-th call is the same call in every run. The SIGKILL comes before the call takes effect, so a
write is never torn here; storm.py kills in the middle of calls.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tests.crash.ground import HarnessFault

WRITING = (
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "sendfile",
    "copy_file_range",
    "fallocate",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "unlink",
    "unlinkat",
    "rmdir",
    "truncate",
    "ftruncate",
    "mkdir",
    "mkdirat",
    "openat",
)
SYNCING = ("fsync", "fdatasync")
_CALL = re.compile(r"(\d+) +(\w+)\((.*)")
_RANDOM = r"[a-z0-9_]{8}(?=[/\"> ])"  # as tempfile makes them
_NAMES = re.compile(
    rf"^\d+(?=<)|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|[0-9a-f]{{8,}}|(\d+-|(?<=tmp-)){_RANDOM}"
)

_END = re.compile(r"(?:, \[\d+\]| <unfinished).*")  # offsets are told only of a call that came

Say = Callable[[str], None]
Work = Callable[[Say], None]


@dataclass(frozen=True)
class Call:
    """One system call that changes files under the folder looked at."""

    syscall: str
    nth: int
    """1-based among all calls of that name, the others counted too: what strace's when= takes."""
    what: str
    """The files it is about, random names blotted out."""


@dataclass(frozen=True)
class Outcome:
    """What the parent saw of a child."""

    said: tuple[str, ...]
    """Lines announced before it died, in order."""
    killed: bool
    calls: tuple[Call, ...]


def missing() -> str:
    """Why nothing can be traced here; empty where it can."""
    if not shutil.which("strace"):
        return "no strace"
    trial = subprocess.run(["strace", "-e", "none", "true"], capture_output=True, check=False)
    return "" if trial.returncode == 0 else "strace may not trace here"


def traced(work: Work, root: Path, inject: Sequence[str] = ()) -> Outcome:
    """Run `work(say)` in a child under strace with these inject= expressions."""
    log = root.parent.with_name("strace.log")
    said_end, say_end = os.pipe()
    gate_end, go_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said_end)
        os.close(go_end)
        os.read(gate_end, 1)
        live(work, say_end)
    os.close(say_end)
    os.close(gate_end)
    with _attached(child, log, inject) as strace, os.fdopen(said_end, encoding="utf-8") as pipe:
        os.write(go_end, b"!")
        os.close(go_end)
        said = tuple(line.rstrip("\n") for line in pipe)
        _, status = os.waitpid(child, 0)
        strace.wait()
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and os.waitstatus_to_exitcode(status) != 0:
        raise HarnessFault(f"the work failed by itself ({status}); see stderr")
    return Outcome(said, killed, tuple(_calls(log.read_text("utf-8", "replace"), root)))


def killed_at(call: Call, work: Work, root: Path, inject: Sequence[str] = ()) -> Outcome:
    """Run `work` and kill it just before `call`; HarnessFault when that never comes."""
    kill = f"{call.syscall}:signal=KILL:when={call.nth}"
    outcome = traced(work, root, (*inject, kill))
    last = outcome.calls[-1] if outcome.calls else None
    if not outcome.killed or last != call:
        raise HarnessFault(f"wanted a kill at {call}, killed={outcome.killed} at {last}")
    return outcome


def _attached(child: int, log: Path, inject: Sequence[str]) -> "subprocess.Popen[str]":
    """strace watching `child`, which waits at its gate until we know that it is watched."""
    known = ",".join(f"?{name}" for name in WRITING)  # not every machine has every call
    command = ["strace", "-f", "-y", "-s", "0", "-o", str(log), "-e", f"trace={known}"]
    for expression in inject:
        command += ["-e", f"inject={expression}"]
    command += ["-p", str(child)]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    heard = strace.stderr.readline()
    if "attached" not in heard:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        strace.wait()
        raise HarnessFault(f"strace did not attach: {heard.strip()}")
    return strace


def live(work: Work, say_end: int) -> NoReturn:
    """A forked child's life: `work`, its words to `say_end`, and nothing of the parent's end."""
    try:
        sys.dont_write_bytecode = True
        with os.fdopen(say_end, "w", encoding="utf-8") as pipe:
            work(lambda line: print(line, file=pipe, flush=True))
    except BaseException:  # noqa: BLE001 - the top of a child: whatever it was, the parent must know
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _what(arguments: str, root: Path) -> str:
    """The files a call is about, by their names under `root`."""
    files = (arguments.rpartition(" = ")[0] or arguments).partition(', ""...')[0]
    return _NAMES.sub("#", _END.sub("", files).replace(str(root), "")).removesuffix(")")


def _calls(log: str, root: Path) -> list[Call]:
    counts: Counter[str] = Counter()
    processes, found = set(), []
    for line in log.splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        process, syscall, arguments = match.groups()
        processes.add(process)
        counts[syscall] += 1
        if str(root) in arguments and (syscall != "openat" or "O_CREAT" in arguments):
            found.append(Call(syscall, counts[syscall], _what(arguments, root)))
    if len(processes) > 1:  # when= counts in each process apart
        raise HarnessFault(f"the work started other processes: {processes}")
    return found
