"""What a scan profile means for one eSCL device: the order, and what the device rounds of it.

Pure. Refused: a source, mode or format that the device does not have; a colour paper must not
quietly become a grey one.
"""

from scanstation.i18n import _
from scanstation.model.events import ScanStarted
from scanstation.model.profile import ScanProfile
from scanstation.scanner import DeviceDescription, DeviceInfo, OptionInfo, options, sources
from scanstation.scanner.escl_words import (
    FORMATS,
    MODES,
    UNITS_PER_INCH,
    Capabilities,
    Inlet,
    Order,
)

_MM_PER_UNIT = 25.4 / UNITS_PER_INCH


def order(profile: ScanProfile, can: Capabilities) -> Order:
    """Raises options.Refused; `format` is the one further option there is."""
    source = _source(profile, can)
    inlet = can.inlet(source)
    assert inlet is not None
    given = dict(profile.options)
    wanted = str(given.pop("format", ""))
    for option, value in given.items():
        raise options.Refused(option, value)
    width, height = _units(profile.width_mm), _units(profile.height_mm)
    return Order(
        version=can.version,
        source=source,
        colour=_colour(profile, inlet),
        format=_format(wanted, inlet),
        dpi=inlet.resolution(profile.dpi),
        width=min(width, inlet.width or width),
        height=min(height, inlet.height or height),
    )


def described(address: str, can: Capabilities, profile: str) -> DeviceDescription:
    """The device in the words its options have here; sizes are those of its first source."""
    inlet = next((one for one in map(can.inlet, can.names) if one), None)
    if inlet is None:
        raise options.Refused("source", "–")
    sizes = (("br-x", inlet.width), ("br-y", inlet.height))
    listed = (
        OptionInfo(name="source", kind="text", choices=can.names, value=can.names[0]),
        OptionInfo(name="mode", kind="text", choices=inlet.modes),
        OptionInfo(
            name="resolution",
            kind="number",
            choices=tuple(float(dpi) for dpi in inlet.resolutions),
            low=float(inlet.low) if inlet.high else None,
            high=float(inlet.high) if inlet.high else None,
        ),
        *(
            OptionInfo(name=name, kind="number", low=0.0, high=round(units * _MM_PER_UNIT, 1))
            for name, units in sizes
        ),
        OptionInfo(name="format", kind="text", choices=inlet.formats),
    )
    device = DeviceInfo(name=address, vendor="", model=can.model, kind="eSCL")
    return DeviceDescription(device=device, backend="escl", profile=profile, options=listed)


def started(device: str, profile: ScanProfile, taken: Order) -> ScanStarted:
    """What the device is going to do, with a sentence for what differs from the profile."""
    width, height = taken.width * _MM_PER_UNIT, taken.height * _MM_PER_UNIT
    warnings = (
        *rounded("resolution", profile.dpi, taken.dpi),
        *rounded("br-x", profile.width_mm, width),
        *rounded("br-y", profile.height_mm, height),
    )
    actual = {
        "source": taken.source,
        "mode": taken.colour,
        "resolution": str(taken.dpi),
        "br-x": f"{width:.1f}",
        "br-y": f"{height:.1f}",
        "format": taken.format,
    }
    return ScanStarted(device=device, actual=actual, warnings=warnings)


def rounded(option: str, asked: float, actual: float) -> tuple[str, ...]:
    """A sentence when `actual` is further from `asked` than devices may round."""
    if abs(actual - asked) <= options.TOLERANCE * asked:
        return ()
    sentence = _("{option}: {asked} was asked for, the device took {actual}")
    return (sentence.format(option=option, asked=f"{asked:g}", actual=f"{actual:g}"),)


def _units(millimetres: float) -> int:
    return round(millimetres / _MM_PER_UNIT)


def _source(profile: ScanProfile, can: Capabilities) -> str:
    if profile.source:
        found = sources.pick(profile.source, can.names)
    elif profile.feeder:
        found = sources.feeder_in(can.names)
    else:
        found = next(iter(can.names), None)
    endless = profile.feeder and found == "Platen"  # it would be scanned again for ever
    if found is None or endless:
        raise options.Refused("source", profile.source or "Feeder")
    return found


def _colour(profile: ScanProfile, inlet: Inlet) -> str:
    wanted = MODES[profile.mode]
    if wanted not in inlet.modes:
        raise options.Refused("mode", profile.mode.value)
    return wanted


def _format(wanted: str, inlet: Inlet) -> str:
    for one in (wanted,) if wanted else FORMATS:
        if one in inlet.formats and one in FORMATS:
            return one
    raise options.Refused("format", wanted or ", ".join(inlet.formats))
