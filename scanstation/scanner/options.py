"""What a profile wants of a device, and how each wish is spelt for one SANE option.

Pure: an Option describes what the device offers, `wishes` says what to set in which order,
`spelt` turns a wish into the device's own value and `differs` judges what was read back. The
option's type decides, never its name: `resolution` is an integer on one device and 16.16 fixed
point on the next, where a plain 300 would silently mean 0.005 dpi.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from scanstation.model.page import Mode
from scanstation.model.profile import DeviceProfile, Role, ScanProfile, Setting
from scanstation.scanner import OptionInfo, sources

Value = Setting
FIXED_ONE = 1 << 16
TOLERANCE = 0.02  # a device may round by so much before anyone is told
_ZERO_TOLERANCE = 0.5  # asked 0 (an origin in mm): half a millimetre is still the corner


class Kind(IntEnum):
    """SANE_Value_Type, as far as it carries a value."""

    BOOL = 0
    INT = 1
    FIXED = 2
    STRING = 3


@dataclass(frozen=True)
class Option:
    """One option of an open device, numbers in the option's own unit (300.0, not 300 << 16)."""

    name: str
    kind: Kind
    size: int
    """Bytes; more than 4 for a number means a table."""
    active: bool
    settable: bool
    pixels: bool = False
    """True: a length counted in pixels instead of millimetres."""
    choices: tuple[str | float, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Wish:
    """One setting a profile asks for."""

    option: str
    values: tuple[Value, ...]
    """In order of preference: devices name the same mode differently."""
    required: bool = True
    """False: a device without the option, or with it inactive, is used as it is."""
    millimetres: bool = False


def described(option: Option, value: str) -> OptionInfo:
    """The option for people and for device profiles."""
    table = option.kind is not Kind.STRING and option.size > 4
    kinds = {Kind.BOOL: "yes-no", Kind.STRING: "text"}
    return OptionInfo(
        name=option.name,
        kind="table" if table else kinds.get(option.kind, "number"),
        choices=option.choices,
        low=option.low,
        high=option.high,
        active=option.active,
        settable=option.settable,
        value=value,
    )


class Refused(ValueError):
    """The device cannot be given this value."""

    def __init__(self, option: str, value: object) -> None:
        super().__init__(f"{option} = {value}")
        self.option, self.value = option, str(value)


# --- what a profile wants ---------------------------------------------------------------------

# Names as found in the backends of libsane 1.2.1; matched without regard to case.
_MODES: dict[Mode, tuple[Value, ...]] = {
    Mode.COLOUR: ("Color", "24bit Color", "24bit Color[Fast]", "24 bit Color", "Colour", "RGB"),
    Mode.GREY: ("Gray", "True Gray", "Grayscale", "8bit Gray", "Grey", "256 Gray Levels"),
    Mode.BITONAL: ("Lineart", "Black & White", "Binary", "Monochrome", "Line art", "B&W"),
}


def mode_in(mode: Mode, offered: Sequence[str]) -> str | None:
    """The offered name of a mode; None when the device does not have it."""
    usual = [str(name).casefold() for name in _MODES[mode]]
    return next((name for name in offered if name.casefold() in usual), None)


def wishes(
    profile: ScanProfile, source: Option | None, now: str, traits: DeviceProfile | None = None
) -> list[Wish]:
    """The settings of `profile` in the order devices need: each may change what comes after.

    `source` is the device's option of that name, `now` its value in force ("" without one), and
    `traits` what is known of this kind of device. Raises Refused when a feeder is asked of a
    device that shows only a flatbed.
    """
    order = traits.order if traits else ()
    wanted = list(_wishes(profile, source, now, traits))
    return sorted(wanted, key=lambda w: order.index(w.option) if w.option in order else len(order))


def _wishes(
    profile: ScanProfile, source: Option | None, now: str, traits: DeviceProfile | None
) -> Iterator[Wish]:
    yield from _source(profile, source, now, traits)
    own: tuple[Value, ...] = traits.modes.get(profile.mode, ()) if traits else ()
    yield Wish("mode", (*own, *_MODES[profile.mode]), required=False)
    yield Wish("resolution", (profile.dpi,), required=False)
    # fi-series feeders centre the sheet: without the page size the left edge is cut.
    yield _length("page-width", profile.width_mm)
    yield _length("page-height", profile.height_mm)
    yield _length("tl-x", 0.0)
    yield _length("tl-y", 0.0)
    yield _length("br-x", profile.width_mm)
    yield _length("br-y", profile.height_mm)
    for name, value in profile.options.items():
        yield Wish(name, (value,))


def _length(option: str, millimetres: float) -> Wish:
    return Wish(option, (millimetres,), required=False, millimetres=True)


def _source(
    profile: ScanProfile, source: Option | None, now: str, traits: DeviceProfile | None
) -> Iterator[Wish]:
    names = [str(name) for name in source.choices] if source is not None else []
    # A flatbed never reports an empty feeder: it would be scanned again and again for ever.
    leave = profile.feeder and sources.is_flatbed(now)
    role = sources.role(profile.source) if profile.source else Role.FEEDER
    if traits and role in traits.sources and (profile.source or leave or not names):
        if profile.source or profile.feeder:
            for option, value in traits.sources[role].items():
                exact = option == "source" and profile.source in names
                near = sources.pick(str(value), names) if option == "source" else None
                values = (profile.source,) if exact else (value, near) if near else (value,)
                yield Wish(option, values, required=role is not Role.FLATBED)
    elif profile.source:
        found = sources.pick(profile.source, names) or profile.source
        # A device with one source often has no option for it; then only that one can be meant.
        yield Wish("source", (found,), required=role is not Role.FLATBED)
    elif leave and source is not None and source.active:
        if (feeder := sources.feeder_in(names)) is None:
            raise Refused("source", now)
        yield Wish("source", (feeder,))


# --- how a wish is spelt ----------------------------------------------------------------------


def spelt(option: Option, wish: Wish, dpi: float) -> Value:
    """The value to give `option`: nearest choice, clamped range, millimetres as pixels at `dpi`.

    Raises Refused when nothing of the wish fits: an unknown name, a word for a number, a table.
    """
    if option.kind is Kind.STRING:
        return _text(option, wish)
    wanted = wish.values[0]
    if option.size > 4:
        raise Refused(option.name, wanted)
    try:
        return _truth(wanted) if option.kind is Kind.BOOL else _number(option, wish, dpi)
    except (ValueError, KeyError, OverflowError) as fault:
        raise Refused(option.name, wanted) from fault


def _text(option: Option, wish: Wish) -> str:
    if not option.choices:
        text = str(wish.values[0])
        if len(text.encode()) >= option.size:
            raise Refused(option.name, text)
        return text
    by_name = {str(choice).casefold(): str(choice) for choice in option.choices}
    for value in wish.values:
        if (found := by_name.get(str(value).casefold())) is not None:
            return found
    raise Refused(option.name, wish.values[0])


def _truth(wanted: Value) -> bool:
    if isinstance(wanted, str):
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[
            wanted.casefold()
        ]
    return bool(wanted)


def _number(option: Option, wish: Wish, dpi: float) -> float:
    number = float(wish.values[0])
    if wish.millimetres and option.pixels:
        number *= dpi / 25.4
    if option.choices:
        number = min((float(choice) for choice in option.choices), key=lambda c: abs(c - number))
    if option.low is not None and option.high is not None:
        number = min(max(number, option.low), option.high)
    return number if option.kind is Kind.FIXED else round(number)


def word(option: Option, value: Value) -> int | bytes:
    """`value` as libsane takes it; a text fills its whole buffer, which a driver may write to."""
    if option.kind is Kind.STRING:
        return str(value).encode().ljust(option.size, b"\0")
    return round(float(value) * FIXED_ONE) if option.kind is Kind.FIXED else int(value)


def value_of(option: Option, raw: int | str) -> Value:
    """What libsane answered, in the option's own unit."""
    if option.kind is Kind.FIXED:
        return round(int(raw) / FIXED_ONE, 4)
    return bool(raw) if option.kind is Kind.BOOL else raw


# --- what came of it --------------------------------------------------------------------------


def differs(option: Option, wish: Wish, actual: Value, dpi: float) -> str | None:
    """What was asked, when the device took something else by more than TOLERANCE; else None."""
    wanted = wish.values[0]
    if option.kind is Kind.STRING:
        known = {str(value).casefold() for value in wish.values}
        return None if str(actual).casefold() in known else str(wanted)
    if option.kind is Kind.BOOL:
        return None if bool(actual) == _truth(wanted) else str(wanted)
    asked = float(wanted) * (dpi / 25.4 if wish.millimetres and option.pixels else 1)
    allowed = TOLERANCE * abs(asked) if asked else _ZERO_TOLERANCE
    return f"{asked:g}" if abs(float(actual) - asked) > allowed else None
