from functools import partial

import pytest

from scanstation.central import CentralOptions
from scanstation.central.serve import running
from tests.helpers import sealed


@pytest.fixture
def signer(tmp_path):
    return sealed.station(tmp_path)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "outbox"
    made.mkdir()
    return made


@pytest.fixture
def root(tmp_path):
    return tmp_path / "central"


@pytest.fixture
def seal(folder, signer, tmp_path):
    """`seal(sequence, size)` makes a package of a station of this test's own."""
    return partial(sealed.seal_package, folder, signer, station_id=sealed.station_id(tmp_path))


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The store of the one receiver that all tests of a module share."""
    return tmp_path_factory.mktemp("central")


@pytest.fixture(scope="module")
def receiver(shared):
    with running(shared, options=CentralOptions(max_patch=64 * 1024)) as news:
        yield news
