"""Over the whole OpenAPI: a stranger, a token of another site and a reader of another site learn nothing."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist.listing import Lists
from tests.makers.whole_hub import OWN_PAGE, READER_OF_MINAMI, SERIES, WholeHub, whole_hub

# Doors that stand open to everybody: none of them tells anything about a patient.
_OPEN = re.compile(r"^/api/v1/(health|standing|sign-in/.*|sign-out|session|enrolments(/.*)?|desk/.*)$")
_EVERYBODY = Principal(
    actor="system",
    person_id="0",
    display_name="",
    permissions=frozenset(Permission),
    site_ids=frozenset({"kita", "minami"}),
)
_FEW = settings(max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
_SECRETS = (SERIES.patient_id, "Yamada", "山田", SERIES.study_instance_uid)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def _routes(hub: WholeHub) -> list[tuple[str, str]]:
    paths: dict[str, dict[str, object]] = hub.app.openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def _filled(hub: WholeHub, path: str) -> str:
    """The path with the real identifiers of the study that the asker must not see."""
    item = Lists(hub.hub.worklist).list(_EVERYBODY).items[0]
    known = {
        "site_id": "kita",
        "study": SERIES.study_instance_uid,
        "series": f"{SERIES.study_instance_uid}.{SERIES.series}",
        "instance": f"{SERIES.study_instance_uid}.{SERIES.series}.1",
        "frames": "1",
        "frame": "1",
        "path": "00091010",
        "worklist_item_id": item.worklist_item_id,
    }
    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: known.get(found[1], "0" * 16), path)


def _told_nothing(answer: httpx.Response, asked: str) -> None:
    assert answer.status_code != 500, f"{asked}: {answer.text}"
    told = [secret for secret in _SECRETS if secret.encode() in answer.content and secret not in asked]
    assert not told, f"{asked} told {told}"


def test_a_stranger_gets_nothing_from_any_route(hub: WholeHub) -> None:
    """AUTH-13 NET-14: deny by default, on every route of the hub."""
    with hub.client() as client:
        for method, path in _routes(hub):
            answer = client.request(method, _filled(hub, path))
            if not _OPEN.match(path):
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
            _told_nothing(answer, path)


def test_the_description_of_all_routes_is_for_those_who_are_known(hub: WholeHub) -> None:
    """NET-14: a stranger is not handed the plan of the house."""
    with hub.client() as stranger, hub.client(hub.token("minami")) as program:
        assert stranger.get("/openapi.json").status_code == 401
        assert "/api/v1/session" in program.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("who", ["token", "reader"])
def test_somebody_of_another_site_sees_nothing_of_this_one(hub: WholeHub, who: str) -> None:
    """AUTH-13: a token or a person of another site learns nothing, not even that something is there."""
    client = hub.client(hub.token("minami")) if who == "token" else hub.signed_in("minami-reader", READER_OF_MINAMI)
    with closing(client):
        for method, path in _routes(hub):
            if _OPEN.match(path):
                continue
            asked = _filled(hub, path)
            answer = client.request(method, asked, json={} if method in {"POST", "PUT"} else None)
            _told_nothing(answer, asked)
            if "{" in path:  # a search may answer with nothing found; anything else is refused
                assert answer.status_code >= 400 or answer.content == b"[]", f"{method} {path}: {answer.text[:200]}"
            if path.startswith("/sites/{site_id}"):
                assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"


def test_no_route_breaks_whatever_it_is_asked(hub: WholeHub) -> None:
    headers = {**OWN_PAGE, "Authorization": f"Bearer {hub.token('kita')}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", hub.app, headers=headers)

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)

        @_FEW
        @given(case=found.ok().as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code != 500, f"{case.method} {case.formatted_path}: {answer.text}"

        ask()
