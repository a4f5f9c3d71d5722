"""The real client against the real receiver, with a spoiler between them."""

import itertools

import pytest

from scanstation import errors
from scanstation.sync.receipts import check_receipt
from tests.helpers.sealed import announced
from tests.helpers.wiretap import length_of


def carry(transport, package):
    """One try from announcement to receipt."""
    words = announced(package)
    upload = transport.announce(words, package)
    while not upload.committed and upload.offset < words.size:
        upload.send_next()
    if not upload.committed:
        transport.commit(words)
    return transport.receipt(words.package)


def kept(root, package):
    return [path.read_bytes() for path in (root / "packages").rglob(package.name)]


def asked(spoiler, verb):
    return [message for message in spoiler.seen if message.verb == verb]


def test_a_package_arrives_byte_for_byte_and_its_receipt_can_be_checked(
    receiver, transport, package, root
):
    receipt = carry(transport(receiver.url), package)
    assert check_receipt(receipt, announced(package), receiver.receipt_key).state == "stored"
    assert kept(root, package) == [package.read_bytes()]


def test_a_package_central_already_holds_is_not_sent_again(receiver, flaky, transport, package):
    first = carry(transport(receiver.url), package)
    spoiler = flaky("")
    assert carry(transport(spoiler.url), package) == first
    assert [message.verb for message in spoiler.seen] == ["PUT", "GET"]


MENDED_AT_ONCE = [
    "PATCH.drop",
    "PATCH.ok PATCH.drop",
    "PATCH.ok PATCH.ok PATCH.drop",
    "PATCH.cut",
    "PATCH.truncated",
    "PATCH.silent",
    "PATCH.drip",
    "PATCH.409",
    "PATCH.423",
    "PATCH.404",
    "PATCH.410",
    "PATCH.413",
    "PATCH.drop HEAD.404",
    "PATCH.409 PATCH.409 PATCH.413 PATCH.404",
]


@pytest.mark.parametrize("script", MENDED_AT_ONCE)
def test_a_fault_in_the_middle_of_sending_is_mended_at_once(
    script, receiver, flaky, transport, package, root
):
    spoiler = flaky(script)
    receipt = carry(transport(spoiler.url), package)
    assert spoiler.used_up
    check_receipt(receipt, announced(package), receiver.receipt_key)
    assert kept(root, package) == [package.read_bytes()]


NAMED = [
    ("PUT.drop", errors.CentralUnreachable),
    ("PUT.truncated", errors.CentralUnreachable),
    ("PUT.silent", errors.CentralUnreachable),
    ("PUT.drip", errors.CentralUnreachable),
    ("PUT.portal", errors.NotCentral),
    ("PUT.302", errors.NotCentral),
    ("PUT.body:hello", errors.NotCentral),
    ('PUT.body:{"state":"receiving"}', errors.NotCentral),
    ("PUT.407", errors.CentralRefused),
    ("PUT.409", errors.CentralRefused),
    ("PUT.400", errors.CentralRefused),
    ("PUT.401", errors.CentralDenied),
    ("PUT.403", errors.CentralRefused),
    ("PUT.408", errors.CentralBusy),
    ("PUT.429:3", errors.CentralBusy),
    ("PUT.500", errors.CentralBusy),
    ("PUT.503:7", errors.CentralBusy),
    ("PUT.507:60", errors.CentralBusy),
    ("PATCH.portal", errors.NotCentral),
    ("PATCH.302", errors.NotCentral),
    ("PATCH.body:ok", errors.NotCentral),
    ("PATCH.503:7", errors.CentralBusy),
    ("PATCH.403", errors.CentralRefused),
    ("PATCH.cut HEAD.silent", errors.CentralUnreachable),
    ("PATCH.cut HEAD.portal", errors.NotCentral),
    ("PATCH.cut HEAD.body:", errors.NotCentral),
    ("PATCH.409 PATCH.409 PATCH.409 PATCH.409 PATCH.409", errors.CentralUnreachable),
    ("POST.drop", errors.CentralUnreachable),
    ("POST.truncated", errors.CentralUnreachable),
    ("POST.portal", errors.NotCentral),
    ("POST.302", errors.NotCentral),
    ("POST.202:9", errors.CentralBusy),
    ("POST.404", errors.CentralBusy),
    ("POST.422", errors.ArrivedDamaged),
    ("PATCH.altered", errors.ArrivedDamaged),
    ("POST.403", errors.CentralRefused),
    ("GET.drop", errors.CentralUnreachable),
    ("GET.truncated", errors.CentralUnreachable),
    ("GET.silent", errors.CentralUnreachable),
    ("GET.drip", errors.CentralUnreachable),
    ("GET.portal", errors.NotCentral),
    ("GET.302", errors.NotCentral),
    ("GET.404", errors.CentralBusy),
    ("GET.503:7", errors.CentralBusy),
]


@pytest.mark.parametrize(("script", "state"), NAMED, ids=[script for script, _ in NAMED])
def test_a_fault_ends_in_a_named_state_and_the_next_try_delivers_once(
    script, state, receiver, flaky, transport, package, root
):
    spoiler = flaky(script)
    link = transport(spoiler.url)
    with pytest.raises(errors.ScanStationError) as caught:
        carry(link, package)
    assert type(caught.value) is state and spoiler.used_up
    receipt = carry(link, package)
    check_receipt(receipt, announced(package), receiver.receipt_key)
    assert kept(root, package) == [package.read_bytes()]


def test_central_s_word_when_to_come_back_is_passed_on(flaky, transport, package):
    with pytest.raises(errors.CentralBusy) as caught:
        carry(transport(flaky("PUT.503:7").url), package)
    assert caught.value.facts["seconds"] == 7


def test_central_cannot_send_a_station_away_for_days(flaky, transport, package):
    with pytest.raises(errors.CentralBusy) as caught:
        carry(transport(flaky("PUT.503:999999999").url), package)
    assert caught.value.facts["seconds"] == 3600


def test_a_redirect_is_never_followed(flaky, transport, package):
    spoiler = flaky("PUT.302")
    with pytest.raises(errors.NotCentral, match="redirects"):
        carry(transport(spoiler.url), package)
    assert len(spoiler.seen) == 1


@pytest.mark.parametrize("upload", ["//evil.example/x", "http://evil.example/x", "x"])
def test_central_cannot_send_the_bytes_to_another_host(upload, flaky, transport, package):
    answer = f'{{"state":"receiving","upload":"{upload}","offset":0,"max_patch":9}}'
    spoiler = flaky(f"PUT.body:{answer}")
    with pytest.raises(errors.NotCentral):
        carry(transport(spoiler.url), package)
    assert len(spoiler.seen) == 1


@pytest.mark.parametrize("numbers", ['"offset":-1,"max_patch":9', '"offset":9999999,"max_patch":9'])
def test_an_impossible_offset_is_not_believed(numbers, flaky, transport, package):
    answer = f'{{"state":"receiving","upload":"/v1/uploads/x",{numbers}}}'
    with pytest.raises(errors.NotCentral):
        carry(transport(flaky(f"PUT.body:{answer}").url), package)


def test_every_patch_keeps_to_the_station_s_own_limit(flaky, transport, package):
    spoiler = flaky("")
    carry(transport(spoiler.url, patch_bytes=10_000), package)
    lengths = [len(message.body) for message in asked(spoiler, "PATCH")]
    assert max(lengths) == 10_000 and sum(lengths) == package.stat().st_size


def test_every_patch_keeps_to_central_s_limit(flaky, transport, package):
    spoiler = flaky("")
    carry(transport(spoiler.url), package)
    assert max(len(message.body) for message in asked(spoiler, "PATCH")) == 64 * 1024


def test_after_413_patches_are_at_most_half_as_long(flaky, transport, package):
    spoiler = flaky("PATCH.413 PATCH.413")
    carry(transport(spoiler.url), package)
    lengths = [len(message.body) for message in asked(spoiler, "PATCH")]
    assert lengths[:2] == [65536, 32768] and max(lengths[2:]) == 16384


def test_after_a_break_only_what_central_lacks_is_sent(flaky, transport, package):
    spoiler = flaky("PATCH.ok PATCH.drop")
    carry(transport(spoiler.url), package)
    bodies = [message.body for message in asked(spoiler, "PATCH")]
    assert b"".join(bodies) == package.read_bytes()


def test_all_goes_over_one_connection_and_a_fault_is_followed_by_a_new_one(
    flaky, transport, package
):
    broken = flaky("PATCH.truncated")
    carry(transport(broken.url), package)
    assert broken.connections == 2
    honest = flaky("")
    carry(transport(honest.url), package)
    assert honest.connections == 1 and len(honest.seen) == 2


def test_every_request_says_its_length_and_the_tus_version(flaky, transport, package):
    spoiler = flaky("PATCH.drop")
    carry(transport(spoiler.url), package)
    for message in spoiler.seen:
        assert b"tus-resumable: 1.0.0" in message.head.lower()
        assert b"transfer-encoding" not in message.head.lower()
        assert length_of(message.head) == len(message.body)


def test_the_token_goes_with_every_request(flaky, transport, package, tmp_path):
    (tmp_path / "token").write_text("secret-of-the-station\n")
    spoiler = flaky("")
    carry(transport(spoiler.url, token_file=tmp_path / "token"), package)
    marks = [b"authorization: bearer secret-of-the-station" in m.head.lower() for m in spoiler.seen]
    assert marks and all(marks)


def test_a_token_file_that_is_missing_is_named(transport, tmp_path):
    with pytest.raises(errors.UsageError, match="token_file"):
        transport("https://central.example", token_file=tmp_path / "none")


@pytest.mark.parametrize(
    "url",
    [
        "http://central.example",
        "http://127.0.0.1.example",
        "http://localhost@evil.example",
        "ftp://127.0.0.1",
        "central.example",
        "",
        "http://[",
    ],
)
def test_an_address_that_would_send_dossiers_in_the_clear_is_refused(url, transport):
    with pytest.raises(errors.UsageError, match=r"central\.url"):
        transport(url)


@pytest.mark.parametrize("url", ["https://central.example", "http://[::1]:1", "http://localhost:1"])
def test_https_and_the_own_machine_are_allowed(url, transport):
    assert transport(url)


def test_no_central_at_all_is_unreachable(transport, package):
    with pytest.raises(errors.CentralUnreachable, match="no connection"):
        carry(transport("http://127.0.0.1:9"), package)


def test_a_package_that_shrinks_while_it_is_sent_is_damaged(receiver, transport, package):
    words = announced(package)
    upload = transport(receiver.url).announce(words, package)
    package.write_bytes(package.read_bytes()[:1000])
    with pytest.raises(errors.PackageDamaged, match="shorter"):
        upload.send_next()


@pytest.mark.parametrize("seed", range(6))
def test_any_mixture_of_faults_ends_in_one_delivery(
    seed, receiver, flaky, transport, package, root
):
    words = ("drop", "cut", "409", "404", "413", "503:0", "truncated", "portal", "302", "ok")
    script = " ".join(itertools.islice(itertools.cycle(words[seed:] + words[:seed]), 23))
    spoiler, receipt = flaky(script), None
    link = transport(spoiler.url)
    for _ in range(40):
        try:
            receipt = carry(link, package)
            break
        except errors.NetworkError:
            continue
        except errors.CentralRefused:
            continue
    assert receipt is not None
    check_receipt(receipt, announced(package), receiver.receipt_key)
    assert kept(root, package) == [package.read_bytes()]
