from hypothesis import given
from hypothesis import strategies as some

from scanstation import errors
from scanstation.sync import pacing

ROLLS = some.floats(0, 1, exclude_max=True)


@given(failures=some.integers(0, 10_000), roll=ROLLS)
def test_a_backoff_is_never_longer_than_ten_minutes_nor_negative(failures, roll):
    assert 0 <= pacing.backoff(failures, roll) <= 600


def test_the_backoff_window_doubles_with_every_failure():
    assert [pacing.backoff(n, 0.5) for n in (0, 1, 2, 3)] == [0.5, 1, 2, 4]


def test_a_backoff_uses_its_whole_window_so_that_stations_spread():
    assert pacing.backoff(5, 0.0) == 0 and pacing.backoff(5, 0.999) > 31


def test_central_s_own_retry_after_is_never_undercut():
    busy = errors.CentralBusy(seconds=90)
    assert all(90 <= pacing.pause(busy, 1, roll) <= 99 for roll in (0.0, 0.5, 0.999))


def test_a_portal_is_not_asked_more_than_once_a_minute():
    portal = errors.NotCentral(url="u", problem="p")
    assert pacing.pause(portal, 1, 0.0) >= 60


def test_an_unreachable_central_is_asked_again_within_two_seconds_at_first():
    gone = errors.CentralUnreachable(url="u", problem="p")
    assert pacing.pause(gone, 1, 0.999) < 2


@given(sent=some.integers(1, 2**24), seconds=some.floats(0, 1e6), limit=some.integers(1, 2**24))
def test_a_patch_stays_within_every_bound(sent, seconds, limit):
    found = pacing.next_patch(sent, seconds, limit)
    assert 1 <= found <= min(limit, 1024 * 1024)
    assert found >= min(limit, 32 * 1024)


def test_a_patch_that_took_30_to_60_seconds_keeps_its_size():
    assert pacing.next_patch(200_000, 31, 10**6) == 200_000
    assert pacing.next_patch(200_000, 59, 10**6) == 200_000


def test_a_fast_link_gets_larger_patches_and_a_slow_one_smaller():
    assert pacing.next_patch(64 * 1024, 0.1, 10**6) == 256 * 1024
    assert pacing.next_patch(256 * 1024, 104, 10**6) == int(256 * 1024 * 45 / 104)


def test_on_a_steady_64_kbit_link_patches_settle_between_30_and_60_seconds():
    size, rate = pacing.FIRST_PATCH, 8000
    for _ in range(3):
        size = pacing.next_patch(size, size / rate, 2**20)
    assert 30 <= size / rate <= 60
