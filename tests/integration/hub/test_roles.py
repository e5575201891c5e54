"""Every route of people, worklist, reports and requests with every role, at the own site and at a foreign one."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Permission, Principal, Role
from tests.makers.requests import ASKED, asked
from tests.makers.whole_hub import SERIES, WholeHub, whole_hub

_P = Permission
_WRITTEN = {"findings": "所見", "impression": "診断", "category_right": "1", "category_left": "1", "images_read": []}
_PRESENTED = {"version_digest": "0" * 64, "password": "x", "totp_code": "1"}
# method, path, what it needs, what it is sent
AT_A_SITE: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/worklist?site_id=kita", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}/way", _P.READ_WORKLIST, None),
    ("POST", "/api/v1/worklist/{item}/claim", _P.CLAIM_CASE, None),
    ("POST", "/api/v1/worklist/{item}/release", _P.CLAIM_CASE, None),
    ("GET", "/api/v1/worklist/{item}/report", _P.READ_REPORT, None),
    ("PUT", "/api/v1/worklist/{item}/report", _P.WRITE_REPORT, _WRITTEN),
    ("POST", "/api/v1/worklist/{item}/report/amendment", _P.SIGN_REPORT, None),
    ("POST", "/api/v1/worklist/{item}/report/signature/begin", _P.SIGN_REPORT, None),
    ("POST", "/api/v1/worklist/{item}/report/signature", _P.SIGN_REPORT, _PRESENTED),
    ("PUT", "/api/v1/worklist/{item}/priority", _P.CLAIM_CASE, {"priority": "high"}),
    ("GET", "/api/v1/worklist/{item}/report/pdf", _P.READ_REPORT, None),
)
ASKING: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/requests?site_id=kita", _P.READ_REQUEST, None),
    ("POST", "/api/v1/requests", _P.PLACE_REQUEST, {**ASKED, "site_id": "kita"}),
    ("GET", "/api/v1/requests/{request}", _P.READ_REQUEST, None),
    ("PUT", "/api/v1/requests/{request}", _P.PLACE_REQUEST, ASKED),
    ("POST", "/api/v1/requests/{request}/cancel", _P.PLACE_REQUEST, {"because": " "}),
    ("GET", "/api/v1/requests/{request}/studies", _P.RECONCILE, None),
    ("POST", "/api/v1/requests/{request}/match", _P.RECONCILE, {"study_instance_uid": SERIES.study_instance_uid}),
    ("POST", "/api/v1/requests/{request}/unmatch", _P.RECONCILE, {"because": "別の検査"}),
    ("POST", "/api/v1/requests/{request}/resolve", _P.RECONCILE, {"because": " "}),
    ("POST", "/api/v1/requests/{request}/attachments", _P.PLACE_REQUEST, None),
    ("GET", "/api/v1/requests/{request}/attachments/1", _P.READ_REQUEST, None),
    ("GET", "/api/v1/worklist/{item}/request", _P.READ_REQUEST, None),
)
IN_THE_CENTRE: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/people", None),
    ("POST", "/api/v1/people", {"user_name": "new.one", "display_name": "新人", "grants": []}),
    ("POST", "/api/v1/people/0/enrolment", None),
    ("POST", "/api/v1/people/0/grants", {"role": "reader", "site_id": "kita"}),
    ("DELETE", "/api/v1/people/0/grants", {"role": "reader", "site_id": "kita"}),
    ("POST", "/api/v1/people/0/lock", None),
)
_ANYBODY = Principal("system", "0", "", frozenset(Permission), frozenset({"kita", "minami"}))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def item(hub: WholeHub) -> str:
    return hub.hub.worklist.list(_ANYBODY).items[0].worklist_item_id


@pytest.fixture(scope="module")
def request_id(hub: WholeHub) -> str:
    with closing(hub.signed_in("asking-staff", Grant(Role.SITE_STAFF, "kita"))) as client:
        path = f"/api/v1/requests/{(placed := asked(client))['request_id']}"
        match = {"study_instance_uid": SERIES.study_instance_uid}
        client.post(f"{path}/match", json=match).raise_for_status()
        kind = {"Content-Type": "application/pdf"}
        client.post(f"{path}/attachments", content=b"%PDF-1.7", headers=kind).raise_for_status()
    return str(placed["request_id"])


def ask(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None) -> int:
    return client.request(method, path, json=body, headers={"If-Match": '"0"'}).status_code


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_is_for_at_its_own_site_and_nothing_else(hub: WholeHub, item: str, role: Role) -> None:
    """AUTH-13: matrix over routes and roles; who lacks the right is refused before anything is looked up."""
    with closing(hub.signed_in(f"own-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in AT_A_SITE:
            status = ask(client, method, path.format(item=item), body)
            if needed not in ROLE_PERMISSIONS[role]:
                assert status == 403, f"{role} {method} {path}: {status}"
            else:
                assert status not in {401, 404, 500} or path.endswith("/pdf"), f"{role} {method} {path}: {status}"
                if method == "GET" and not path.endswith("/pdf"):
                    assert status == 200, f"{role} {method} {path}: {status}"
        ask(client, "POST", f"/api/v1/worklist/{item}/release", None)


@pytest.mark.parametrize("role", Role)
def test_no_role_at_a_foreign_site_opens_or_reveals_a_case(hub: WholeHub, item: str, role: Role) -> None:
    """AUTH-13: a case of a foreign site answers exactly like one that does not exist."""
    with closing(hub.signed_in(f"foreign-{role.value}", Grant(role, "minami"))) as client:
        for method, path, needed, body in AT_A_SITE:
            asked = ask(client, method, path.format(item=item), body)
            unknown = ask(client, method, path.format(item="0" * 32).replace("=kita", "=nowhere"), body)
            assert asked == unknown, f"{role} {method} {path}: {asked} and {unknown}"
            assert asked == (404 if needed in ROLE_PERMISSIONS[role] else 403), f"{role} {method} {path}: {asked}"
        if _P.READ_WORKLIST in ROLE_PERMISSIONS[role]:
            assert client.get("/api/v1/worklist").json()["items"] == []


@pytest.mark.parametrize("role", Role)
def test_a_role_asks_and_reconciles_at_its_own_site_as_far_as_it_may(
    hub: WholeHub, item: str, request_id: str, role: Role
) -> None:
    """AUTH-13: matrix over the routes of reading requests and roles."""
    with closing(hub.signed_in(f"asks-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in ASKING:
            status = ask(client, method, path.format(item=item, request=request_id), body)
            if needed not in ROLE_PERMISSIONS[role]:
                assert status == 403, f"{role} {method} {path}: {status}"
            else:
                assert status not in {401, 403, 500}, f"{role} {method} {path}: {status}"
                assert method != "GET" or status in {200, 404 if path.endswith("/request") else 200}


@pytest.mark.parametrize("role", Role)
def test_no_role_at_a_foreign_site_opens_or_reveals_a_request(
    hub: WholeHub, item: str, request_id: str, role: Role
) -> None:
    """AUTH-13: a request of a foreign site answers exactly like one that does not exist."""
    nothing = {"item": "0" * 32, "request": "0" * 32}
    with closing(hub.signed_in(f"asks-abroad-{role.value}", Grant(role, "minami"))) as client:
        for method, path, needed, body in ASKING:
            if path.endswith("/attachments"):
                continue  # what is sent is looked at first, whoever sends it
            status = ask(client, method, path.format(item=item, request=request_id), body)
            unknown = ask(client, method, path.format(**nothing).replace("=kita", "=nowhere"), body)
            assert status == unknown, f"{role} {method} {path}: {status} and {unknown}"
            expected = {400} if body == {"because": " "} else {404}
            assert status in (expected if needed in ROLE_PERMISSIONS[role] else {403}), f"{role} {method} {path}"
        if _P.READ_REQUEST in ROLE_PERMISSIONS[role]:
            assert client.get("/api/v1/requests").json()["items"] == []


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("site_id", [None, "kita"])
def test_people_are_for_administrators_of_the_centre(hub: WholeHub, role: Role, site_id: str | None) -> None:
    """AUTH-13: a site's administrator does not give rights at other sites away."""
    allowed = role is Role.ADMINISTRATOR and site_id is None
    with closing(hub.signed_in(f"people-{role.value}-{site_id or 'centre'}", Grant(role, site_id))) as client:
        for method, path, body in IN_THE_CENTRE:
            status = ask(client, method, path, body)
            assert (status != 403) is allowed, f"{role} {site_id} {method} {path}: {status}"
            assert status != 500


def test_every_route_of_these_slices_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails."""
    listed = {
        (method, path.partition("?")[0].replace("{item}", "{worklist_item_id}"))
        for method, path, *_ in (*AT_A_SITE, *ASKING)
    }
    listed = {
        (method, path.replace("{request}", "{request_id}").replace("s/1", "s/{number}")) for method, path in listed
    }
    listed |= {(method, path.replace("/0/", "/{person_id}/")) for method, path, _ in IN_THE_CENTRE}
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith(("/api/v1/worklist", "/api/v1/people", "/api/v1/requests"))
    }
    assert known == listed


def test_answers_about_people_and_patients_are_kept_by_no_cache(hub: WholeHub, item: str) -> None:
    """Chromium's disk cache would keep them readable after the session."""
    with closing(hub.signed_in("cache-test", Grant(Role.READER, None), Grant(Role.ADMINISTRATOR, None))) as client:
        paths = [path for method, path, *_ in AT_A_SITE if method == "GET" and not path.endswith("/pdf")]
        for path in (*paths, "/api/v1/people", "/api/v1/session", "/api/v1/sessions"):
            answer = client.get(path.format(item=item)).raise_for_status()
            assert answer.headers["cache-control"] == "no-store", path


def test_a_token_for_dicomweb_reads_no_worklist_and_no_report(hub: WholeHub, item: str) -> None:
    with hub.client(hub.token("kita")) as client:
        for method, path, _, body in (*AT_A_SITE, *ASKING):
            assert ask(client, method, path.format(item=item, request="0" * 32), body) == 403
        for method, path, body in IN_THE_CENTRE:
            assert ask(client, method, path, body) == 403
        assert client.get("/api/v1/session").status_code == 404
