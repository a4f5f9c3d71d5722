"""A device's own words -> a device profile that somebody can finish by hand. Pure.

It writes down what was read and nothing else: a source whose name has no known role is left to
the reader, and a draft says that it is one.
"""

import re

from scanstation.model.page import Mode
from scanstation.model.profile import Certainty, DeviceMatch, DeviceProfile, Role, Setting
from scanstation.scanner import DeviceDescription, OptionInfo, options, sources

_ORDERED = (
    *("source", "adf-mode", "feeder-mode", "duplex", "mode", "depth", "resolution"),
    *("page-width", "page-height", "tl-x", "tl-y", "br-x", "br-y"),
)


def draft(said: DeviceDescription) -> DeviceProfile:
    """A profile for devices that describe themselves like this one."""
    here = {option.name for option in said.options}
    return DeviceProfile(
        id=_id(f"{said.backend}-{said.device.model}"),
        title=f"{said.device.vendor} {said.device.model}".strip(),
        source=f"scanstation devices probe {said.device.name}",
        certainty=Certainty.DRAFT,
        match=(DeviceMatch(backend=said.backend, model=said.device.model or "*"),),
        driver="escl" if said.backend == "escl" else "sane",
        note="; ".join(_limit(option) for option in said.options if option.name in _ORDERED[6:]),
        order=tuple(name for name in _ORDERED if name in here),
        sources=_sources(said.option("source")),
        modes=_modes(said.option("mode")),
    )


def _id(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "device"


def _limit(option: OptionInfo) -> str:
    if option.low is not None and option.high is not None:
        return f"{option.name} {option.low:g} to {option.high:g}"
    return f"{option.name} {', '.join(map(str, option.choices)) or option.value}"


def _sources(option: OptionInfo | None) -> dict[Role, dict[str, Setting]]:
    found: dict[Role, dict[str, Setting]] = {}
    for name in option.choices if option else ():
        if role := sources.role(str(name)):
            found.setdefault(role, {"source": str(name)})
    return found


def _modes(option: OptionInfo | None) -> dict[Mode, tuple[str, ...]]:
    names = [str(name) for name in option.choices] if option else []
    found = {mode: options.mode_in(mode, names) for mode in Mode}
    return {mode: (name,) for mode, name in found.items() if name}
