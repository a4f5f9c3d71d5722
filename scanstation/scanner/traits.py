"""Which device profile a device has. Pure.

A device is known by its backend and by the model it reports, never by its name alone: names hold
bus numbers and addresses that change overnight.
"""

import fnmatch
import re
from collections.abc import Iterable

from scanstation.model.profile import DeviceMatch, DeviceProfile

_NET = re.compile(r"net:(\[[^\]]*\]|[^:]*):")


def backend_of(device: str) -> str:
    """The backend that drives a SANE device, also behind a network server."""
    return _NET.sub("", device, count=1).partition(":")[0]


def candidates(known: Iterable[DeviceProfile], backend: str) -> tuple[DeviceProfile, ...]:
    """The profiles that may be meant, before the model is known."""
    return tuple(each for each in known if any(_fits(one, backend) for one in each.match))


def fitting(known: Iterable[DeviceProfile], backend: str, model: str) -> DeviceProfile | None:
    """The profile of a device; one that names the model goes before one for a whole backend."""
    found = [
        (one.model == "*", each)
        for each in known
        for one in each.match
        if _fits(one, backend) and _like(model, one.model)
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _fits(one: DeviceMatch, backend: str) -> bool:
    return _like(backend, one.backend)


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text.casefold(), pattern.casefold())
