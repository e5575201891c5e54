"""What a start waits for: that every door of its programs answers."""

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing

from dokuei.cli.supervise import Supervisor
from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError
from dokuei.settings import Settings

_WAIT_SECONDS = 45.0
_LOOK_SECONDS = 0.05
_ANSWER_SECONDS = 2.0
_OK = 200


def wait_for_hub(settings: Settings, supervisor: Supervisor) -> None:
    """Until both listeners of the hub answer.

    Raises:
        ConfigurationError: one of them did not come up in time; its log says why.
    """
    hub = settings.hub
    # This process made the certificate; what is asked here is only whether the listener answers.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def answers() -> bool:
        tls = context if hub.serves_tls else None
        return _healthy(hub.own_address, hub.port, tls) and _connects(hub.own_address, hub.gateway_port)

    _wait(answers, supervisor, "the hub")


def wait_for_gateway(settings: Settings, supervisor: Supervisor) -> None:
    """Until the gateway takes DICOM connections.

    Raises:
        ConfigurationError: it did not come up in time; its log says why.
    """
    gateway = settings.gateway
    _wait(lambda: _connects(gateway.host, gateway.door), supervisor, "the gateway")


def _healthy(host: str, port: int, tls: ssl.SSLContext | None) -> bool:
    """Asked without any proxy: the environment's is for other machines, and this is our own."""
    line = (
        http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
        if tls is None
        else http.client.HTTPSConnection(host, port, timeout=_ANSWER_SECONDS, context=tls)
    )
    with closing(line):
        try:
            line.request("GET", "/api/v1/health")
            return line.getresponse().status == _OK
        except (OSError, http.client.HTTPException):
            return False


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(answers: Callable[[], bool], supervisor: Supervisor, what: str) -> None:
    deadline = monotonic() + _WAIT_SECONDS
    while not supervisor.stopping and not answers():
        dead = supervisor.dead()
        if dead or monotonic() > deadline:
            raise ConfigurationError(
                f"{what} did not start ({', '.join(dead) or 'no answer'})",
                phase="starting",
                remedy=f"read the logs in {supervisor.home / 'logs'}",
            )
        time.sleep(_LOOK_SECONDS)
