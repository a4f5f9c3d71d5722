"""The screen's tests speak English unless they say otherwise."""

from collections.abc import Iterator

import pytest

from scanstation import i18n


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.language()
    i18n.choose("en")
    yield
    i18n.choose(before)
