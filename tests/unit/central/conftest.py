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
def receiver(root):
    with running(root, options=CentralOptions(max_patch=64 * 1024)) as news:
        yield news
