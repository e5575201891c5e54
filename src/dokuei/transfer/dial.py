"""The way to the hub: TCP with what a long line wants, perhaps through a CONNECT proxy, then TLS."""

import base64
import contextlib
import errno
import os
import select
import socket
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import h11

from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError, PeerRefusedError, UnreachableError

_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

_CONNECT_SECONDS = 5.0
_AGAIN_SECONDS = 0.5
_NAME_BYTES = 16  # TCP_CA_NAME_MAX
_UNSENT_BYTES = 128 * 1024  # what may wait in the kernel: an urgent piece overtakes the rest
_READ_BYTES = 64 * 1024
_DEAD_AFTER_MS = 8000
_OK = range(200, 300)
_PROXY_AUTHENTICATION_REQUIRED = 407  # RFC 9110 15.5.8


@dataclass(frozen=True)
class Address:
    """The hub as its URL names it."""

    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as Host header, CONNECT and signatures name them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Proxy:
    """An outbound HTTP proxy that lets CONNECT through (RFC 9110 9.3.6)."""

    host: str
    port: int
    authorization: str = ""


def address_of(url: str) -> Address:
    """Host and port of the hub's URL.

    Raises:
        ConfigurationError: it is not an https URL.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ConfigurationError(f"{url!r} is no https address", phase="reading settings", remedy="set gateway.hub_url")
    return Address(parts.hostname, parts.port or 443)


def proxy_of(url: str) -> Proxy | None:
    """The proxy of ``http://user:password@host:port``; None where the setting is empty.

    Raises:
        ConfigurationError: it is something else.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ConfigurationError("the proxy is no http address", phase="reading settings", remedy="set gateway.proxy")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(parts.hostname, parts.port or 8080, authorization)


def connect(address: Address, proxy: Proxy | None) -> socket.socket:
    """A TCP connection to the hub, directly or through the proxy.

    Raises:
        UnreachableError: a name that does not resolve, a closed port, no answer.
        PeerRefusedError: the proxy does not let us through.
    """
    target = (address.host, address.port) if proxy is None else (proxy.host, proxy.port)
    try:
        connection = _first_of(target)
    except socket.gaierror as error:
        raise UnreachableError(f"{target[0]} does not resolve", phase="DNS", remedy="check the DNS server") from error
    except OSError as error:
        what = f"{target[0]}:{target[1]}: {error.strerror or error}"
        raise UnreachableError(what, phase="connecting", remedy="check the line and the firewall") from error
    _tune(connection)
    if proxy is not None:
        with _closed_on_error(connection):
            _tunnel(connection, address, proxy)
    return connection


def _first_of(target: tuple[str, int]) -> socket.socket:
    """The first of several attempts, a new one every half second: TCP asks a silent line ever more seldom.

    So whoever waits here when a line comes back is through a moment later. An address that refuses is not asked again;
    the others keep their time.
    """
    hopeful: deque[_Found] = deque(socket.getaddrinfo(*target, type=socket.SOCK_STREAM))
    why: OSError = TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
    end = monotonic() + _CONNECT_SECONDS
    with ExitStack() as others:
        begun: dict[socket.socket, _Found] = {}
        while (left := end - monotonic()) > 0 and (hopeful or begun):
            if hopeful:
                where = hopeful[0]
                another = others.enter_context(socket.socket(*where[:3]))
                another.setblocking(False)
                if (code := another.connect_ex(where[4])) not in {0, errno.EINPROGRESS}:
                    why = OSError(code, os.strerror(code))
                    hopeful.remove(where)
                    continue
                begun[another] = where
                hopeful.rotate(-1)
            for one in select.select([], [*begun], [], min(left, _AGAIN_SECONDS))[1]:
                where = begun.pop(one)
                if not (code := one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                    through = socket.socket(fileno=one.detach())
                    through.settimeout(_CONNECT_SECONDS)
                    return through
                why = OSError(code, os.strerror(code))
                if where in hopeful:
                    hopeful.remove(where)
    raise why


def congestion_control() -> str:
    """What the kernel gives connections to the hub: bbr where it has that, else what it has, as cubic."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as never_connected:
        _tune(never_connected)
        try:
            name = never_connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, _NAME_BYTES)
        except OSError:
            return ""
    return name.partition(b"\0")[0].decode("ascii", "replace")


def secure(connection: socket.socket, context: ssl.SSLContext, address: Address) -> ssl.SSLSocket:
    """TLS on top of the connection.

    Raises:
        PeerRefusedError: the other side is not the hub that was enrolled with, or does not take our certificate.
        UnreachableError: the connection broke.
    """
    with _closed_on_error(connection):
        try:
            return context.wrap_socket(connection, server_hostname=address.host)
        except ssl.SSLCertVerificationError as error:
            raise PeerRefusedError(
                f"the certificate is not the hub's: {error.verify_message}",
                phase="TLS",
                remedy="a program that inspects TLS may be in the way; run dokuei gateway doctor",
            ) from error
        except (
            ssl.SSLEOFError,
            ssl.SSLZeroReturnError,
        ) as error:  # what stands before the hub lets in while the line behind it is away
            raise UnreachableError("closed during the greeting", phase="TLS") from error
        except ssl.SSLError as error:
            raise PeerRefusedError(f"no TLS: {error.reason}", phase="TLS") from error
        except OSError as error:
            raise UnreachableError(f"cut during the greeting: {error}", phase="TLS") from error


def _tune(connection: socket.socket) -> None:
    """Ask for what keeps a long, lossy line full and a dead one short (TCP_USER_TIMEOUT: RFC 5482)."""
    tcp = socket.IPPROTO_TCP
    wanted: list[tuple[int, int, int | bytes]] = [
        (tcp, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (tcp, socket.TCP_KEEPIDLE, 3),
        (tcp, socket.TCP_KEEPINTVL, 2),
        (tcp, socket.TCP_KEEPCNT, 3),
        (tcp, socket.TCP_USER_TIMEOUT, _DEAD_AFTER_MS),
        (tcp, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES),
        (tcp, socket.TCP_CONGESTION, b"bbr"),
    ]
    for level, name, value in wanted:
        with contextlib.suppress(OSError):  # a kernel without one of them still carries the line
            connection.setsockopt(level, name, value)


def _tunnel(connection: socket.socket, address: Address, proxy: Proxy) -> None:
    headers = [("Host", address.authority)]
    if proxy.authorization:
        headers.append(("Proxy-Authorization", proxy.authorization))
    http = h11.Connection(h11.CLIENT)
    request = h11.Request(method="CONNECT", target=address.authority, headers=headers)
    try:
        connection.sendall((http.send(request) or b"") + (http.send(h11.EndOfMessage()) or b""))
        while (event := http.next_event()) is h11.NEED_DATA:
            http.receive_data(connection.recv(_READ_BYTES))
    except (OSError, h11.ProtocolError) as error:
        raise UnreachableError(
            f"the proxy does not answer: {error}", phase="proxy", remedy="check gateway.proxy"
        ) from error
    if not isinstance(event, h11.Response) or event.status_code not in _OK:
        status = getattr(event, "status_code", "no answer")
        wants_password = status == _PROXY_AUTHENTICATION_REQUIRED
        remedy = (
            "check user and password in gateway.proxy" if wants_password else f"ask for CONNECT to {address.authority}"
        )
        raise PeerRefusedError(f"the proxy answered {status}", phase="proxy", remedy=remedy)


@contextlib.contextmanager
def _closed_on_error(connection: socket.socket) -> Iterator[None]:
    with ExitStack() as undo:
        undo.callback(connection.close)
        yield
        undo.pop_all()
