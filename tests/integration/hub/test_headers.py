"""What a browser is told with every answer of the hub, whatever the answer is."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from dokuei.hub.app import open_hub, readers_app
from dokuei.hub.pages import SECURITY_HEADERS
from dokuei.hub.prepare import prepare_hub
from dokuei.settings import read_settings
from tests.makers.asgi import AsgiTransport, asgi_portal
from tests.makers.whole_hub import OWN_PAGE, whole_hub


def _demand_headers(answer: httpx.Response) -> None:
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_list(name) == [value], f"{answer.request.url}: {answer.status_code}"


def test_a_failure_of_ours_carries_the_security_headers_too(tmp_path: Path) -> None:
    """NET-14: a page is never handed out without its policy, not even as an error's text."""
    with whole_hub(tmp_path) as hub, hub.client() as client:
        for path in ("/api/v1/health", "/api/v1/session", "/", "/api/v1/nothing"):
            _demand_headers(client.get(path))
        with hub.hub.stores.database.begin() as connection:
            connection.execute(text("DROP TABLE challenge"))
        broke = client.post("/api/v1/sign-in/passkey/options", json={})
        assert broke.status_code == 500
        assert broke.headers["content-type"] == "application/problem+json"
        _demand_headers(broke)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DOKUEI_HUB__HOST": "192.0.2.10"}, "max-age=31536000"),
        ({"DOKUEI_HUB__HOST": "localhost", "DOKUEI_HUB__TLS": "true"}, None),
        ({"DOKUEI_HUB__HOST": "localhost"}, None),
    ],
)
def test_browsers_are_told_to_come_by_tls_where_it_is_served(
    tmp_path: Path, environment: dict[str, str], said: str | None
) -> None:
    """NET-14: but not on loopback, whose one name stands for every other program of the machine."""
    settings = read_settings(tmp_path, environment=environment)
    prepare_hub(settings)
    hub = open_hub(settings)
    with asgi_portal() as portal:
        transport = AsgiTransport(readers_app(hub), portal)
        with httpx.Client(transport=transport, base_url=settings.hub.url, headers=OWN_PAGE) as client:
            answer = client.get("/api/v1/health")
    hub.stores.database.close()
    assert answer.headers.get("strict-transport-security") == said
