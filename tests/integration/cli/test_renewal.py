"""A listener whose certificate comes to its end while it runs: it renews it and starts again, by itself."""

import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from dokuei.cli.supervise import Part, Supervisor
from dokuei.clock import now
from dokuei.hub import prepare
from dokuei.settings import read_settings
from dokuei.storage import pki
from tests.makers.peers import free_port

_LOOKING_OFTEN = """
from dokuei.cli import lifetime
from dokuei.cli.main import main
lifetime._LOOK_FOR_ANOTHER_SECONDS = 0.2
main()
"""


@pytest.mark.parametrize("which", ["gateways", "readers"])
def test_a_hub_that_runs_through_its_last_month_serves_a_new_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """NET-02: no gateway is lost because nobody restarted the hub for a year."""
    port = free_port()
    name = "GATEWAY_PORT" if which == "gateways" else "PORT"
    environment = {f"DOKUEI_HUB__{name}": str(port), "DOKUEI_HUB__TLS": "true"}
    settings = read_settings(tmp_path, environment=environment)
    prepare.prepare_hub(settings)
    supervisor = Supervisor(tmp_path, program=(sys.executable, "-c", _LOOKING_OFTEN), environment=environment)
    supervisor.start(Part("hub", which, ("hub", f"serve-{which}")))
    threading.Thread(target=supervisor.watch, daemon=True).start()
    try:
        _until(lambda: _served(port, tmp_path) is not None)
        first, before = _served(port, tmp_path), supervisor.pids()["hub"]
        monkeypatch.setattr(pki, "_SERVER_DAYS", 20)  # as if eleven months had gone by
        monkeypatch.setattr(pki, "_still_good", lambda *_: False)
        aged = prepare.gateway_certificate(settings) if which == "gateways" else prepare.reader_certificate(settings)
        assert aged is not None
        _until(lambda: _served(port, tmp_path) not in {None, first} and supervisor.pids()["hub"] != before)
        _until(lambda: (_served(port, tmp_path) or _LONG_AGO) > now() + timedelta(days=300))
    finally:
        supervisor.stop()
    assert "Traceback" not in (tmp_path / "logs" / f"hub-{which}.log").read_text()


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _served(port: int, home: Path) -> datetime | None:
    """The end of the certificate that the listener shows now; None while nobody listens."""
    context = ssl.create_default_context(cafile=home / "pki" / "ca.pem")
    try:
        with (
            closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            shown = secure.getpeercert(binary_form=True)
    except OSError:
        return None
    return None if shown is None else x509.load_der_x509_certificate(shown).not_valid_after_utc


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
