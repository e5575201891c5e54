"""One listening process of the hub: an ASGI application under Granian, stopped cleanly by a signal."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

_BACKLOG = 512


@dataclass(frozen=True)
class Listener:
    """Where and how to listen; without a certificate only loopback may be used (settings see to it)."""

    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None
    client_ca: Path | None = None


def serve(app: Callable[..., Any], listener: Listener) -> None:
    """Serve until SIGTERM or SIGINT; requests in hand are finished first."""
    asyncio.run(_serve(app, listener))


async def _serve(app: Callable[..., Any], listener: Listener) -> None:
    server = Server(
        app,
        address="127.0.0.1" if listener.host == "localhost" else listener.host,
        port=listener.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(keep_alive=True),
        backlog=_BACKLOG,
        websockets=False,
        log_access=False,
        ssl_cert=listener.certificate,
        ssl_key=listener.private_key,
        ssl_ca=listener.client_ca,
        ssl_client_verify=listener.client_ca is not None,
    )

    def stop() -> None:
        state = getattr(app, "state", None)
        if state is not None:
            state.stopping = True  # answers without an end of their own look at this
        server.stop()  # type: ignore[no-untyped-call] # Granian's own annotations leave this one out

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve()
