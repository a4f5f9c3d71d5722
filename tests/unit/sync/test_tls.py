"""The line over TLS: a trusted certificate works, any other one is not central."""

import datetime
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanstation import errors
from tests.helpers.sealed import announced


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1 with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "central")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("tls") / "central.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def tls(certificate):
    """`tls(url)` is the https address of a terminator in front of `url`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listeners = []

    def make(url):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        inside = urlsplit(url).port
        threading.Thread(target=serve, args=(listener, context, inside), daemon=True).start()
        return f"https://127.0.0.1:{listener.getsockname()[1]}"

    yield make
    for listener in listeners:
        listener.close()


def serve(listener, context, inside):
    with suppress(OSError):
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=terminate, args=(raw, context, inside), daemon=True).start()


def terminate(raw, context, inside):
    with suppress(OSError), context.wrap_socket(raw, server_side=True) as outer:
        inner = socket.create_connection(("127.0.0.1", inside))
        threading.Thread(target=pump, args=(inner, outer), daemon=True).start()
        pump(outer, inner)


def pump(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_package_is_announced_over_tls_with_a_trusted_certificate(
    receiver, tls, trusted, transport, package
):
    link = transport(tls(receiver.url), timeout_s=5)
    upload = link.announce(announced(package), package)
    assert upload.send_next() == 64 * 1024


def test_an_untrusted_certificate_is_not_central_and_the_date_of_the_pc_is_questioned(
    receiver, tls, transport, package
):
    with pytest.raises(errors.NotCentral, match="date of this PC"):
        transport(tls(receiver.url)).announce(announced(package), package)


def test_plain_http_behind_an_https_address_is_no_connection(receiver, transport, package):
    url = receiver.url.replace("http:", "https:")
    with pytest.raises(errors.NetworkError):
        transport(url).announce(announced(package), package)


def test_a_dripping_answer_ends_in_time_over_tls_too(flaky, tls, trusted, transport, package):
    with pytest.raises(errors.CentralUnreachable):
        transport(tls(flaky("PUT.drip").url)).announce(announced(package), package)
