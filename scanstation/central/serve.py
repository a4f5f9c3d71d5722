"""Runs a receiver: opens the store, makes or loads the receipt key, listens.

The only importer of uvicorn. It refuses to listen beyond loopback without a token; TLS is the
reverse proxy's in front of it.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import uvicorn

from scanstation import durable, errors
from scanstation.central import CentralOptions, Ready
from scanstation.central.app import build_app
from scanstation.central.store import Store
from scanstation.i18n import _
from scanstation.model.clock import Clock, SystemClock
from scanstation.ownership import sole_owner
from scanstation.package.read import read_package
from scanstation.signing import jws
from scanstation.sync.wire import RECEIPT_TYP

KEY_FILE = "receipt-key.json"
IDLE_S = 75
"""An idle connection is kept longer than one PATCH takes."""
DEFAULT_OPTIONS = CentralOptions()


def serve(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 8043,
    *,
    options: CentralOptions = DEFAULT_OPTIONS,
    ready: Callable[[Ready], None] | None = None,
) -> None:
    """Receive into `root` until SIGINT or SIGTERM; `ready` is told once stations may come.

    Port 0 takes a free one. Raises UsageError, InUse, StoreNewer, StoreDamaged, StorageError or
    KeyUnusable before it listens.
    """
    with _opened(root, host, port, options, SystemClock()) as (server, listener, news):
        if ready is not None:
            ready(news)
        server.run(sockets=[listener])


def receipt_key(root: Path) -> str:
    """The public key stations check receipts with, as JWK JSON; made when there is none yet.

    Works beside a running receiver. Raises KeyUnusable, InUse, StorageError.
    """
    if not (root / KEY_FILE).exists():
        with _owned(root):
            return _key(root / KEY_FILE).public_jwk
    return _key(root / KEY_FILE).public_jwk


@contextmanager
def running(
    root: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    options: CentralOptions = DEFAULT_OPTIONS,
    clock: Clock | None = None,
) -> Iterator[Ready]:
    """The same receiver in a thread of this process, for demos and tests."""
    with _opened(root, host, port, options, clock or SystemClock()) as (server, listener, news):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield news
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _opened(
    root: Path, host: str, port: int, options: CentralOptions, clock: Clock
) -> Iterator[tuple[uvicorn.Server, socket.socket, Ready]]:
    token = _token(options.token_file)
    if not token and not _is_loopback(host):
        raise errors.UsageError(
            detail=_("a receiver on {host} needs a token file").format(host=host)
        )
    with _listening(host, port) as listener, _owned(root):
        key = _key(root / KEY_FILE)
        store = Store(root, options, clock, read_package, partial(key.seal, kind=RECEIPT_TYP))
        config = uvicorn.Config(
            build_app(store, token),
            http="h11",
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=3,
        )
        name = f"[{host}]" if ":" in host else host
        url = f"http://{name}:{listener.getsockname()[1]}"
        with store:
            yield uvicorn.Server(config), listener, Ready(url=url, receipt_key=key.public_jwk)


def _owned(root: Path) -> AbstractContextManager[None]:
    return sole_owner(durable.make_folder(root) / "central.lock", str(root))


def _key(path: Path) -> jws.Key:
    return jws.load_key(path) if path.exists() else jws.create_key(path)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as fault:
            detail = _("cannot listen on {host}:{port} ({why})")
            raise errors.UsageError(
                detail=detail.format(host=host, port=port, why=fault.strerror)
            ) from fault
        listener.listen(128)
        yield listener


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        detail = _("token file «{file}» cannot be read").format(file=file)
        raise errors.UsageError(detail=detail) from fault
    if len(token) < 16:
        detail = _("token file «{file}» holds less than 16 characters").format(file=file)
        raise errors.UsageError(detail=detail)
    return token
