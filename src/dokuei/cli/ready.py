"""What ``dokuei up`` waits for, and the enrolment of its own gateway."""

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing

import httpx

from dokuei.cli.supervise import Supervisor
from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError
from dokuei.gateway.enrol import enrol, identity_of
from dokuei.hub.app import open_hub
from dokuei.hub.sites.model import Site
from dokuei.settings import Settings

_WAIT_SECONDS = 45.0
_LOOK_SECONDS = 0.05
_FIRST_SITE = Site(site_id="hospital", name="病院", name_en="Hospital")
_ACTOR = "system"


def wait_for_hub(settings: Settings, supervisor: Supervisor) -> None:
    """Until both listeners of the hub answer.

    Raises:
        ConfigurationError: one of them did not come up in time; its log says why.
    """
    port = settings.hub.port
    scheme = "https" if settings.hub.serves_tls else "http"
    host = "localhost" if settings.hub.loopback else settings.hub.host
    # This process made the certificate; what is asked here is only whether the listener answers.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def answers() -> bool:
        try:
            httpx.get(f"{scheme}://{host}:{port}/api/v1/health", verify=context, timeout=2).raise_for_status()
        except httpx.HTTPError:
            return False
        return _connects(host, settings.hub.gateway_port)

    _wait(answers, supervisor, "the hub")


def wait_for_gateway(settings: Settings, supervisor: Supervisor) -> None:
    """Until the gateway takes DICOM connections.

    Raises:
        ConfigurationError: it did not come up in time; its log says why.
    """
    _wait(lambda: _connects(settings.gateway.host, settings.gateway.port), supervisor, "the gateway")


def enrol_own_gateway(settings: Settings) -> None:
    """Join the gateway of this home to its hub through the same one-time code as any other gateway."""
    if identity_of(settings.home).read() is not None:
        return
    hub = open_hub(settings)
    try:
        known = hub.sites.every()
        site = known[0] if known else hub.sites.add(_FIRST_SITE, actor=_ACTOR)
        code = hub.gateways.invite(site.site_id, actor=_ACTOR, name=socket.gethostname())
    finally:
        hub.stores.database.close()
    # The code names the hub's own address; a gateway that later goes another way (a relay, a proxy) is not asked here.
    direct = settings.gateway.model_copy(update={"hub_url": ""})
    enrol(settings.model_copy(update={"gateway": direct}), code, name=socket.gethostname())


def _connects(host: str, port: int) -> bool:
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


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
