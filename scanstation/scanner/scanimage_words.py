"""What `scanimage -A` prints, as options; and options as its arguments. Pure.

Its text is for people and has been the same for twenty years; a line that is not understood is
left out, so that an odd option costs only itself.
"""

import re
from collections.abc import Iterator, Sequence

from scanstation.scanner import options
from scanstation.scanner.options import Kind, Option, Refused, Value, Wish

_LINE = re.compile(
    r"^    (?P<name>--[\w-]+|-[ltxy])(?P<bool>\[=\([^)]*\)\])?"
    r"(?: (?P<values>\S.*?))?(?: \(in steps of [^)]*\))? \[(?P<now>[^\]]*)\]"
    r"(?P<marks>(?: \[[^\]]*\])*)$"
)
_RANGE = re.compile(r"^(?P<low>-?[\d.]+)\.\.(?P<high>-?[\d.]+)(?P<unit>[a-z%]*)$")
_NUMBERS = re.compile(r"^-?[\d.]+(?:\|-?[\d.]+)*(?P<unit>dpi|mm|pel|bit|us|%)?$")
_GEOMETRY = {"-l": "tl-x", "-t": "tl-y", "-x": "br-x", "-y": "br-y"}
_ARGUMENTS = {option: short for short, option in _GEOMETRY.items()}
_ANY_SIZE = 4096  # scanimage does not tell the buffer of a text


def parsed(text: str) -> dict[str, tuple[Option, Value]]:
    """Option and value in force ("" while inactive) by SANE name."""
    found = (_option(match) for line in text.splitlines() if (match := _LINE.match(line)))
    return {option.name: (option, value) for option, value in found}


def _option(match: re.Match[str]) -> tuple[Option, Value]:
    name = _GEOMETRY.get(match["name"], match["name"].removeprefix("--"))
    values = (match["values"] or "").removeprefix("auto|").lstrip("|")
    kind, choices, low, high, unit = _values(values, truth=bool(match["bool"]))
    now = match["now"]
    option = Option(
        name=name,
        kind=kind,
        size=_ANY_SIZE if kind is Kind.STRING else 4,
        active=now != "inactive",
        settable="[read-only]" not in match["marks"] and "[hardware]" not in match["marks"],
        pixels=unit == "pel",
        choices=choices,
        low=low,
        high=high,
    )
    return option, _value(option, now)


def _values(
    text: str, *, truth: bool
) -> tuple[Kind, tuple[str | float, ...], float | None, float | None, str]:
    if truth:
        return Kind.BOOL, (), None, None, ""
    if ranged := _RANGE.match(text):
        return Kind.FIXED, (), float(ranged["low"]), float(ranged["high"]), ranged["unit"]
    if numbers := _NUMBERS.match(text):
        unit = numbers["unit"] or ""
        listed = text.removesuffix(unit).split("|")
        return Kind.FIXED, tuple(float(one) for one in listed), None, None, unit
    if text in ("<int>", "<float>"):
        return Kind.FIXED, (), None, None, ""
    choices = () if text == "<string>" else tuple(text.split("|"))
    return Kind.STRING, choices, None, None, ""


def _value(option: Option, now: str) -> Value:
    if now == "inactive":
        return ""
    if option.kind is Kind.BOOL:
        return now == "yes"
    if option.kind is Kind.STRING:
        return now
    try:
        return float(now)
    except ValueError:  # a table's first values
        return now


def arguments(
    wishes: Sequence[Wish], offered: dict[str, tuple[Option, Value]], *, final: bool
) -> list[str]:
    """Arguments that grant `wishes`, in their order; raises Refused.

    Before the `final` time an option that is still out of use is passed over: another one of the
    same wishes may awaken it.
    """
    given: list[str] = []
    dpi = float(str(offered["resolution"][1]) or 0) if "resolution" in offered else 0.0
    for wish in wishes:
        option, _now = offered.get(wish.option, (None, ""))
        if option is None or not option.active or not option.settable:
            if wish.required and (final or option is None):
                raise Refused(wish.option, wish.values[0])
            continue
        if len(option.choices) == 1:
            continue
        value = options.spelt(option, wish, dpi)
        if wish.option == "resolution":
            dpi = float(value)
        given += _argument(option, value)
    return given


def _argument(option: Option, value: Value) -> Iterator[str]:
    text = ("yes" if value else "no") if option.kind is Kind.BOOL else f"{value}"
    if isinstance(value, float):
        text = f"{value:g}"
    if short := _ARGUMENTS.get(option.name):
        yield from (short, text)
    else:
        yield f"--{option.name}={text}"


_STATUS = {
    "Operation not supported": 1,
    "Operation was cancelled": 2,
    "Device busy": 3,
    "Invalid argument": 4,
    "End of file reached": 5,
    "Document feeder jammed": 6,
    "Document feeder out of documents": 7,
    "Scanner cover is open": 8,
    "Error during device I/O": 9,
    "Out of memory": 10,
    "Access to resource has been denied": 11,
}
_OPENING = re.compile(r"open of device .* failed: (?P<why>.*)")
_WORKING = re.compile(r"scanimage: sane_\w+: (?P<why>.*)")


def failure(said: Sequence[str]) -> tuple[str, int]:
    """Step ("open", "scan" or "") and SANE status of the last complaint on stderr."""
    for line in reversed(said):
        if opening := _OPENING.search(line):
            return "open", _STATUS.get(opening["why"].strip(), 4)
        if working := _WORKING.search(line):
            return "scan", _STATUS.get(working["why"].strip(), 0)
    return "", 0
