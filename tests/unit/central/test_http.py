"""The receiver on a real socket, asked by a client that knows no manners."""

import socket
import time
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from scanstation import errors
from scanstation.central import CentralOptions
from scanstation.central.serve import receipt_key, running
from scanstation.sync import wire
from scanstation.sync.receipts import check_receipt
from tests.helpers.sealed import announced
from tests.helpers.small_disk import fill, small_disk
from tests.helpers.wiretap import read_message

TUS = {"Tus-Resumable": "1.0.0"}
TOKEN = "a-token-of-enough-letters"


def put(url, words):
    return httpx.put(
        url + wire.package_path(words.package), content=msgspec.json.encode(words), headers=TUS
    )


def patch(url, words, offset, data, **headers):
    mine = {"Upload-Offset": str(offset), "Content-Type": wire.PATCH_TYPE} | TUS | headers
    return httpx.patch(url + wire.upload_path(words.package), content=data, headers=mine)


def head(url, words):
    return httpx.head(url + wire.upload_path(words.package), headers=TUS)


def commit(url, words, sha256=""):
    asked = wire.CommitRequest(sha256=sha256 or words.sha256)
    return httpx.post(
        url + wire.commit_path(words.package), content=msgspec.json.encode(asked), headers=TUS
    )


def receipt(url, words):
    return httpx.get(url + wire.receipt_path(words.package), headers=TUS)


def code(answer):
    return answer.json()["code"]


@pytest.fixture
def package(seal):
    path = seal(1)
    return announced(path), path.read_bytes()


def test_a_package_goes_in_and_a_checked_receipt_comes_out(receiver, package, shared):
    words, data = package
    accepted = put(receiver.url, words)
    assert accepted.status_code == 201 and accepted.json()["offset"] == 0
    assert patch(receiver.url, words, 0, data[:9000]).headers["Upload-Offset"] == "9000"
    assert head(receiver.url, words).headers["Upload-Offset"] == "9000"
    assert patch(receiver.url, words, 9000, data[9000:]).status_code == 204
    first = commit(receiver.url, words)
    assert first.status_code == 200
    assert check_receipt(first.text, words, receiver.receipt_key).state == "stored"
    assert receipt(receiver.url, words).content == commit(receiver.url, words).content
    kept = shared / "packages" / words.station / f"{words.package}.ssp.zip"
    assert kept.read_bytes() == data


def test_a_receipt_is_identical_after_a_restart_of_the_receiver(receiver, package, tmp_path):
    words, data = package
    root = tmp_path / "other"
    with running(root) as news:
        put(news.url, words)
        patch(news.url, words, 0, data)
        first = commit(news.url, words).content
    with running(root) as again:
        assert receipt(again.url, words).content == first
        assert again.receipt_key == news.receipt_key
        assert put(again.url, words).json()["state"] == "stored"


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("DELETE", "/v1/uploads/x"),
        ("OPTIONS", "/v1/uploads"),
        ("GET", "/v1/receipts"),
        ("PUT", "/v1/packages/x"),
        ("POST", "/v1/packages/x/commit"),
    ],
)
def test_every_answer_carries_central_s_mark(verb, path, receiver):
    assert httpx.request(verb, receiver.url + path).headers["Tus-Resumable"] == "1.0.0"


def test_options_tell_the_version(receiver):
    assert httpx.options(receiver.url + "/v1/uploads").headers["Tus-Version"] == "1.0.0"


def test_an_announcement_for_another_path_is_refused(receiver, package):
    words, _ = package
    other = "0" * 8 + words.package[8:]
    answer = httpx.put(
        receiver.url + wire.package_path(other), content=msgspec.json.encode(words), headers=TUS
    )
    assert (answer.status_code, code(answer)) == (400, "malformed")


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"package": 7}'])
def test_words_that_are_no_announcement_are_refused(body, receiver, package):
    path = receiver.url + wire.package_path(package[0].package)
    assert httpx.put(path, content=body, headers=TUS).status_code == 400


def test_endless_words_are_refused(receiver, package):
    path = receiver.url + wire.package_path(package[0].package)
    answer = httpx.put(path, content=b" " * 20_000, headers=TUS)
    assert (answer.status_code, code(answer)) == (413, "too-large")


def test_a_patch_at_another_offset_is_refused_and_changes_nothing(receiver, package):
    words, data = package
    put(receiver.url, words)
    patch(receiver.url, words, 0, data[:100])
    answer = patch(receiver.url, words, 50, data[50:200])
    assert (answer.status_code, code(answer)) == (409, "offset")
    assert head(receiver.url, words).headers["Upload-Offset"] == "100"


def test_bytes_beyond_the_announced_size_are_refused(receiver, package):
    words, data = package
    put(receiver.url, words)
    answer = patch(receiver.url, words, 0, data + b"more")
    assert (answer.status_code, code(answer)) == (413, "too-large")
    assert head(receiver.url, words).headers["Upload-Offset"] == "0"


def test_a_patch_longer_than_the_limit_is_refused(receiver, seal):
    words = announced(seal(1, 200_000))
    put(receiver.url, words)
    assert patch(receiver.url, words, 0, bytes(64 * 1024 + 1)).status_code == 413
    assert patch(receiver.url, words, 0, bytes(64 * 1024)).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "application/json"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "x"}, 400),
        ({"Upload-Offset": "9" * 30}, 400),
    ],
)
def test_a_patch_with_wrong_headers_is_refused(headers, status, receiver, package):
    words, data = package
    put(receiver.url, words)
    assert patch(receiver.url, words, 0, data[:10], **headers).status_code == status


def test_a_patch_without_a_length_is_refused(receiver, package):
    words, data = package
    put(receiver.url, words)
    assert patch(receiver.url, words, 0, iter([data])).status_code == 400


def test_an_upload_that_was_never_announced_is_unknown(receiver, package):
    words, data = package
    assert head(receiver.url, words).status_code == 404
    assert patch(receiver.url, words, 0, data).status_code == 404
    assert commit(receiver.url, words).status_code == 404
    assert receipt(receiver.url, words).status_code == 404


def test_an_unfinished_package_has_no_receipt(receiver, package):
    words, data = package
    put(receiver.url, words)
    patch(receiver.url, words, 0, data[:-1])
    answer = commit(receiver.url, words)
    assert (answer.status_code, code(answer)) == (409, "unfinished")
    assert receipt(receiver.url, words).status_code == 404


def test_altered_bytes_get_422_and_no_receipt(receiver, package):
    words, data = package
    put(receiver.url, words)
    patch(receiver.url, words, 0, data[:-1] + b"?")
    answer = commit(receiver.url, words)
    assert (answer.status_code, code(answer)) == (422, "altered")
    assert receipt(receiver.url, words).status_code == 404


def test_a_commit_for_other_bytes_than_announced_is_refused(receiver, package):
    words, data = package
    put(receiver.url, words)
    patch(receiver.url, words, 0, data)
    assert commit(receiver.url, words, "ab" * 32).status_code == 409


def test_a_clone_of_the_station_raises_the_alarm_and_people_see_it(receiver, seal):
    words = announced(seal(7))
    clone = announced(seal(7))
    put(receiver.url, words)
    answer = put(receiver.url, clone)
    assert (answer.status_code, code(answer)) == (409, "fork")
    assert clone.package in httpx.get(receiver.url).text


def test_a_demo_package_is_refused_in_production(receiver, seal):
    words = announced(seal(1, demo=True))
    answer = put(receiver.url, words)
    assert (answer.status_code, code(answer)) == (403, "demo")


def test_what_arrived_before_a_hang_up_is_kept(receiver, package, shared):
    words, data = package
    put(receiver.url, words)
    with open_patch(receiver.url, words, 0, len(data)) as station:
        station.sendall(data[:1000])
        wait_for_bytes(shared, words, 1000)
    assert head(receiver.url, words).headers["Upload-Offset"] == "1000"
    assert patch(receiver.url, words, 1000, data[1000:]).status_code == 204
    assert commit(receiver.url, words).status_code == 200


def test_the_newest_request_wins_over_a_connection_that_hangs(receiver, package, shared):
    words, data = package
    put(receiver.url, words)
    with open_patch(receiver.url, words, 0, len(data)) as hanging:
        hanging.sendall(data[:1000])
        wait_for_bytes(shared, words, 1000)
        assert patch(receiver.url, words, 1000, data[1000:2000]).status_code == 204
        hanging.sendall(b"?" * 3000)
        assert read_message(hanging).head.startswith(b"HTTP/1.1 409")
    assert head(receiver.url, words).headers["Upload-Offset"] == "2000"
    patch(receiver.url, words, 2000, data[2000:])
    assert commit(receiver.url, words).status_code == 200


def open_patch(url, words, offset, length):
    """A PATCH whose body has yet to come."""
    place = urlsplit(url)
    station = socket.create_connection((place.hostname, place.port), timeout=30)
    lines = (
        f"PATCH {wire.upload_path(words.package)} HTTP/1.1",
        "Host: central",
        "Tus-Resumable: 1.0.0",
        f"Content-Type: {wire.PATCH_TYPE}",
        f"Upload-Offset: {offset}",
        f"Content-Length: {length}",
    )
    station.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return station


def wait_for_bytes(root, words, size):
    """Until they lie on disk; not asked with HEAD, which would take the upload over."""
    arrived, deadline = root / "incoming" / words.package, time.monotonic() + 20
    while arrived.stat().st_size < size:
        assert time.monotonic() < deadline, "the bytes never arrived"


def test_receipts_can_be_fetched_again_for_a_lost_ledger(receiver, package):
    words, data = package
    put(receiver.url, words)
    patch(receiver.url, words, 0, data)
    made = commit(receiver.url, words).text
    path = receiver.url + wire.RECEIPTS
    page = httpx.get(path, params={"station": words.station, "after": 0}).json()
    assert page["more"] is False
    assert [one["receipt"] for one in page["receipts"]] == [made]
    last = page["receipts"][-1]["server_sequence"]
    rest = httpx.get(path, params={"station": words.station, "after": last})
    assert rest.json()["receipts"] == []


@pytest.mark.parametrize("query", ["", "?station=../x", "?station=a&after=-1", "?station=a&after="])
def test_a_careless_question_for_receipts_is_refused(query, receiver):
    assert httpx.get(receiver.url + wire.RECEIPTS + query).status_code == 400


def test_without_the_token_nothing_is_told(root, tmp_path, package):
    (tmp_path / "token").write_text(TOKEN + "\n")
    with running(root, options=CentralOptions(token_file=tmp_path / "token")) as news:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = httpx.get(news.url, headers=headers)
            assert (answer.status_code, code(answer)) == (401, "token")
        assert httpx.get(news.url, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_one_station_too_many_is_told_when_to_come_back_and_served_then(root, package):
    words, data = package
    with running(root, options=CentralOptions(at_once=1)) as news:
        put(news.url, words)
        with open_patch(news.url, words, 0, len(data)) as hanging:
            hanging.sendall(data[:1000])
            wait_for_bytes(root, words, 1000)
            answer = head(news.url, words)
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
            hanging.sendall(data[1000:])
            assert read_message(hanging).head.startswith(b"HTTP/1.1 204")
        assert commit(news.url, words).status_code == 200


def test_the_receipt_key_can_be_asked_for_before_and_while_a_receiver_runs(root):
    before = receipt_key(root)
    with running(root) as news:
        assert receipt_key(root) == before == news.receipt_key


def test_a_receiver_without_a_token_stays_on_loopback(root):
    with pytest.raises(errors.UsageError, match="token"), running(root, "0.0.0.0"):
        pytest.fail("it listens to everyone")


def test_a_short_token_is_refused(root, tmp_path):
    (tmp_path / "token").write_text("1234")
    options = CentralOptions(token_file=tmp_path / "token")
    with pytest.raises(errors.UsageError, match="16"), running(root, options=options):
        pytest.fail("it is guessed in no time")


def test_a_second_receiver_on_the_same_store_is_told_who_has_it(receiver, shared):
    with pytest.raises(errors.InUse), running(shared):
        pytest.fail("two receivers on one store")


def test_a_second_receiver_on_the_same_port_is_told_so(receiver, tmp_path):
    port = urlsplit(receiver.url).port
    told = pytest.raises(errors.UsageError, match="cannot listen")
    with told, running(tmp_path / "b", port=port):
        pytest.fail("two receivers on one port")


@pytest.mark.root
def test_a_full_disk_is_said_so_and_what_arrived_is_kept(tmp_path, seal):
    words = announced(path := seal(1, 900_000))
    data = path.read_bytes()
    options = CentralOptions(spare=0)
    with small_disk(tmp_path / "disk", 4) as disk, running(disk / "c", options=options) as news:
        put(news.url, words)
        ballast = fill(disk, leave=300_000)
        answer = patch(news.url, words, 0, data)
        assert (answer.status_code, code(answer)) == (507, "full")
        assert int(answer.headers["Retry-After"]) > 0
        ballast.unlink()
        offset = int(head(news.url, words).headers["Upload-Offset"])
        assert 0 < offset < len(data)
        assert patch(news.url, words, offset, data[offset:]).status_code == 204
        assert commit(news.url, words).status_code == 200
