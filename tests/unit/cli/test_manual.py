"""The clerk's manual says only commands that exist."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from scanstation import cli

MANUAL = (Path(__file__).parents[3] / "docs" / "operator.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", MANUAL, re.DOTALL)
SPANS = re.findall(r"`(scanstation(?: [^`]*)?)`", MANUAL)
COMMANDS = sorted({*SPANS, *(line for block in BLOCKS for line in block.splitlines())})


def test_the_manual_has_commands() -> None:
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_manual_is_understood(line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "scanstation"
    understood = cli._parser().parse_args(words)
    assert isinstance(understood, argparse.Namespace)
    assert "lost" not in understood.run.__name__, "a noun without its verb"
