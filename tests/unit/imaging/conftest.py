import numpy as np
import pytest

from tests.unit.imaging.drawing import A4


@pytest.fixture
def noise():
    """Dark specks strewn over a page without any order."""
    chance = np.random.default_rng(7)
    specks = chance.random((A4[1], A4[0])) < 0.002
    return np.where(specks, 0, 250).astype(np.uint8)
