from urllib.parse import urlsplit

import pytest

from scanstation.central import CentralOptions
from scanstation.central.serve import running
from scanstation.model.profile import CentralSettings
from scanstation.sync.tus import TusTransport
from tests.helpers import sealed
from tests.helpers.flaky import FlakyCentral


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("central")


@pytest.fixture(scope="module")
def receiver(root):
    with running(root, options=CentralOptions(max_patch=64 * 1024)) as news:
        yield news


@pytest.fixture
def flaky(receiver):
    """`flaky(script)` is a FlakyCentral before the receiver, closed after the test."""
    opened = []

    def make(script):
        opened.append(FlakyCentral(urlsplit(receiver.url).port, script))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def transport():
    """`transport(url, ...)` is a TusTransport with little patience, hung up after the test."""
    opened = []

    def make(url, **settings):
        opened.append(TusTransport(CentralSettings(url=url, **{"timeout_s": 0.5} | settings)))
        return opened[-1]

    yield make
    for one in opened:
        one.__exit__(None, None, None)


@pytest.fixture
def package(tmp_path):
    """A package of about 150 kB, three PATCHes, of a station of its own."""
    folder = tmp_path / "outbox"
    folder.mkdir()
    station_id = sealed.station_id(tmp_path)
    return sealed.seal_package(folder, sealed.station(tmp_path), 1, 150_000, station_id=station_id)
