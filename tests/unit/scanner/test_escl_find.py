"""Looking around for eSCL scanners, against a responder on loopback that says what it likes."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.scanner import escl_find
from scanstation.scanner.escl import EsclDriver
from tests.helpers.fake_escl import FakeEscl


def wire(*labels: str) -> bytes:
    spelt = [one.encode() for one in labels]
    return b"".join(bytes([len(one)]) + one for one in spelt)


def record(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, 0x8001, 120, len(data)) + data


def answer(port: int, *, service: str = "_uscan", root: str = "rs=eSCL") -> bytes:
    """PTR, SRV, TXT and A of one device, with names cut short by pointers as real ones are."""
    pointer = b"\xc0\x0c"  # to the service's name, the first in the packet
    name = wire(service, "_tcp", "local") + b"\0"
    instance = wire("Máy quét quầy 2") + pointer
    at = 12 + len(name) + 10  # where `instance` will stand
    whole = struct.pack("!H", 0xC000 | at)
    host = wire("mfp", "local") + b"\0"
    text = bytes([len("txtvers=1")]) + b"txtvers=1" + bytes([len(root)]) + root.encode()
    records = [
        record(name, 12, instance),
        record(whole, 33, struct.pack("!HHH", 0, 0, port) + host),
        record(whole, 16, text),
        record(host, 1, socket.inet_aton("127.0.0.1")),
    ]
    return struct.pack("!6H", 0, 0x8400, 0, 1, 0, 3) + b"".join(records)


@contextmanager
def responder(*packets: bytes) -> Iterator[tuple[str, int]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def reply() -> None:
            question, asker = line.recvfrom(9000)
            assert b"\x06_uscan\x04_tcp\x05local\x00" in question
            for packet in packets:
                line.sendto(packet, asker)

        thread = threading.Thread(target=reply)
        thread.start()
        yield line.getsockname()
        thread.join()


def test_a_neighbour_is_found_by_its_answer_and_asked_what_it_is() -> None:
    device = FakeEscl("", [])
    port = int(device.address.split(":")[2].split("/")[0])
    with responder(answer(port)) as place:
        looking = EsclDriver(neighbours=lambda: escl_find.neighbours(0.3, place))
        (found,) = looking.devices()
    device.close()
    assert (found.name, found.model) == (device.address, "Fake MFP 1")


def test_a_device_that_offers_both_is_taken_by_https() -> None:
    both = answer(80), answer(443, service="_uscans", root="rs=/scan/eSCL/")
    with responder(*both) as place:
        assert escl_find.neighbours(0.3, place) == ("https://127.0.0.1:443/scan/eSCL",)


LOOP = struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + b"\xc0\x0c" + bytes(10)


@pytest.mark.parametrize(
    "packet", [b"", b"short", LOOP, answer(80)[:-3], answer(80).replace(b"\x84", b"\x04", 1)]
)
def test_an_answer_that_is_none_is_dropped_and_the_next_one_counts(packet: bytes) -> None:
    with responder(packet, answer(81)) as place:
        assert escl_find.neighbours(0.3, place) == ("http://127.0.0.1:81/eSCL",)


@given(st.binary(max_size=300), st.integers(0, 120))
def test_no_packet_does_more_than_be_dropped(noise: bytes, at: int) -> None:
    whole = answer(80)
    for packet in (noise, whole[:at] + noise + whole[at:]):
        said = escl_find._Said()
        try:
            escl_find._note(packet, said)
        except (ValueError, IndexError, struct.error):
            continue


def test_nobody_there_is_nothing_found() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert escl_find.neighbours(0.1, silent.getsockname()) == ()
