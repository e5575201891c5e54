"""Every route of people, worklist, reports and requests with every role, at the own site and at a foreign one."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dokuei.clock import now
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Permission, Principal, Role
from dokuei.hub.messages.model import MessageKind, Written
from dokuei.hub.worklist.listing import Lists
from tests.makers.requests import ASKED, asked
from tests.makers.whole_hub import SERIES, WholeHub, ask, whole_hub

_P = Permission
_WRITTEN = {"findings": "所見", "impression": "診断", "category_right": "1", "category_left": "1", "images_read": []}
_MESSAGE = "f" * 32
_THREAD = "/api/v1/worklist/{item}/messages"
_TOLD = "/api/v1/worklist/{item}/communications"
_TELLING = {"recipient": "加藤医師", "method": "telephone", "at": "2026-01-01T00:00:00Z", "read_back": True}
_SAID = {"message_id": _MESSAGE, "kind": "question", "text": "前回の画像はありますか。"}
_UNKNOWN = (
    "/pdf",
    "/signature/certificate",
    f"/attachments/{_MESSAGE}",
    f"/report-phrases/{_MESSAGE}?site_id=kita",
    f"/communications/{_MESSAGE}/acknowledged",
)  # nothing is signed, attached or waited for: the answer is that it is not there
_WORD = {"method": "MG", "kind": "mass", "attribute": "shape", "ja": "星形", "en": "star"}
_PRESENTED = {"version_digest": "0" * 64, "password": "x", "totp_code": "1"}
# method, path, what it needs, what it is sent
_DEFERRED = {"until": (now() + timedelta(days=1)).isoformat(), "reason": "前回画像待ち"}
_LOOKED_AT = {
    "instances": 1,
    "looked_at": {"patient": True, "laterality": True, "views": True, "count": True},
}
AT_A_SITE: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/worklist?site_id=kita", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}/way", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}/display", _P.READ_WORKLIST, None),
    ("POST", "/api/v1/worklist/{item}/claim", _P.CLAIM_CASE, None),
    ("POST", "/api/v1/worklist/{item}/release", _P.CLAIM_CASE, None),
    ("GET", "/api/v1/worklist/held?site_id=kita", _P.ADMINISTER, None),
    ("POST", "/api/v1/worklist/{item}/take-away", _P.ADMINISTER, {"role": "sole", "reason": "x"}),
    ("GET", "/api/v1/worklist/{item}/readers", _P.CLAIM_CASE, None),
    ("POST", "/api/v1/worklist/{item}/hand-over", _P.CLAIM_CASE, {"to_person_id": "0"}),
    ("POST", "/api/v1/worklist/{item}/hand-over/accept", _P.CLAIM_CASE, None),
    ("DELETE", "/api/v1/worklist/{item}/hand-over", _P.CLAIM_CASE, None),
    ("PUT", "/api/v1/worklist/{item}/deferral", _P.CLAIM_CASE, _DEFERRED),
    ("DELETE", "/api/v1/worklist/{item}/deferral", _P.CLAIM_CASE, None),
    ("PUT", "/api/v1/worklist/{item}/waiting", _P.PLACE_REQUEST, {"why": "retake"}),
    ("DELETE", "/api/v1/worklist/{item}/waiting", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}/finalisation", _P.READ_WORKLIST, None),
    ("PUT", "/api/v1/worklist/{item}/finalisation", _P.FINALISE_IMAGES, _LOOKED_AT),
    ("POST", "/api/v1/worklist/{item}/finalisation/reopen", _P.FINALISE_IMAGES, {"reason": "x"}),
    ("GET", f"/api/v1/case-links?study_instance_uid={SERIES.study_instance_uid}", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/worklist/{item}/report", _P.READ_REPORT, None),
    ("GET", "/api/v1/worklist/{item}/report/form", _P.READ_REPORT, None),
    ("PUT", "/api/v1/worklist/{item}/report", _P.WRITE_REPORT, _WRITTEN),
    ("POST", "/api/v1/worklist/{item}/report/amendment", _P.SIGN_REPORT, None),
    ("POST", "/api/v1/worklist/{item}/report/signature/begin", _P.SIGN_REPORT, None),
    ("POST", "/api/v1/worklist/{item}/report/signature", _P.SIGN_REPORT, _PRESENTED),
    ("POST", "/api/v1/worklist/{item}/report/signature/certificate", _P.SIGN_REPORT, None),
    ("DELETE", "/api/v1/worklist/{item}/report/signature/certificate", _P.SIGN_REPORT, None),
    ("GET", "/api/v1/worklist/{item}/report/qualification", _P.WRITE_REPORT, None),
    ("GET", "/api/v1/worklist/{item}/report/versions", _P.READ_REPORT, None),
    ("POST", "/api/v1/worklist/{item}/report/withdrawal/begin", _P.SIGN_REPORT, {"reason": "誤記"}),
    ("POST", "/api/v1/worklist/{item}/report/withdrawal", _P.SIGN_REPORT, _PRESENTED),
    ("GET", "/api/v1/report-phrases?site_id=kita", _P.WRITE_REPORT, None),
    ("POST", "/api/v1/report-phrases?site_id=kita", _P.WRITE_REPORT, {"name": "正常", "findings": "異常なし"}),
    ("PUT", "/api/v1/report-phrases/order?site_id=kita", _P.WRITE_REPORT, {"ids": []}),
    ("DELETE", f"/api/v1/report-phrases/{_MESSAGE}?site_id=kita", _P.WRITE_REPORT, None),
    ("PUT", "/api/v1/worklist/{item}/priority", _P.CLAIM_CASE, {"priority": "high"}),
    ("GET", "/api/v1/worklist/{item}/report/pdf", _P.READ_REPORT, None),
    ("GET", "/api/v1/worklist/{item}/outcome", _P.READ_REPORT, None),
    ("GET", "/api/v1/worklist/{item}/contacts", _P.READ_MESSAGES, None),
    ("POST", "/api/v1/worklist/{item}/outcome/opened", _P.ACKNOWLEDGE_REPORT, {"number": 1}),
    ("POST", "/api/v1/worklist/{item}/outcome/acted", _P.ACKNOWLEDGE_REPORT, {"number": 1, "note": "説明済"}),
    ("POST", "/api/v1/worklist/{item}/outcome/important", _P.SIGN_REPORT, {"because": "C5"}),
    ("GET", "/api/v1/outcomes?site_id=kita", _P.READ_REPORT, None),
    ("GET", "/api/v1/outcomes.csv?site_id=kita", _P.READ_REPORT, None),
    ("GET", "/api/v1/outcomes/managers?site_id=kita", _P.ADMINISTER, None),
    ("PUT", "/api/v1/outcomes/managers", _P.ADMINISTER, {"site_id": "kita", "person_id": None, "unread_days": 7}),
    ("GET", _TOLD, _P.READ_REPORT, None),
    ("POST", _TOLD, _P.SIGN_REPORT, {"communication_id": _MESSAGE, "grade": 1, "finding": "気胸"}),
    ("POST", f"{_TOLD}/{_MESSAGE}/told", _P.SIGN_REPORT, _TELLING),
    ("POST", f"{_TOLD}/{_MESSAGE}/acknowledged", _P.ACKNOWLEDGE_REPORT, {"note": ""}),
    ("GET", _THREAD, _P.READ_MESSAGES, None),
    ("POST", _THREAD, _P.WRITE_MESSAGES, _SAID),
    ("PUT", f"{_THREAD}/draft", _P.WRITE_MESSAGES, {"text": "書きかけ"}),
    ("POST", f"{_THREAD}/{_MESSAGE}/answer", _P.WRITE_MESSAGES, {"message_id": _MESSAGE, "text": "はい"}),
    ("POST", f"{_THREAD}/{_MESSAGE}/waive", _P.WRITE_MESSAGES, {"reason": "画像で分かった"}),
    ("POST", f"{_THREAD}/{_MESSAGE}/done", _P.WRITE_MESSAGES, None),
    ("POST", f"{_THREAD}/{_MESSAGE}/read", _P.READ_MESSAGES, None),
    ("POST", f"{_THREAD}/attachments", _P.WRITE_MESSAGES, None),
    ("GET", f"{_THREAD}/attachments/{_MESSAGE}", _P.READ_MESSAGES, None),
    ("DELETE", f"{_THREAD}/attachments/{_MESSAGE}", _P.WRITE_MESSAGES, None),
)
_PAPERS = {"request_id": "0" * 32, "study_instance_uid": "1.2", "because": "別の検査"}
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
    ("GET", "/api/v1/request-papers?site_id=kita", _P.RECONCILE, None),
    ("POST", "/api/v1/request-papers/join", _P.RECONCILE, _PAPERS),
    ("POST", "/api/v1/request-papers/refuse", _P.RECONCILE, _PAPERS),
)
# Lists of what is at one's own sites: of another site they hold nothing.
LISTS: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/worklist/changes?since=2026-01-01T00:00:00Z", _P.READ_WORKLIST, None),
    ("GET", "/api/v1/outcomes/communications", _P.READ_REPORT, None),
    ("POST", "/api/v1/worklist/search", _P.READ_WORKLIST, {"text": SERIES.patient_id}),
    ("POST", "/api/v1/requests/search", _P.READ_REQUEST, {"text": "kita"}),
)
AT_ANY_SITE_OF_AN_AUDITOR: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/audit/entries", None),
    ("GET", "/api/v1/audit/export", None),
    ("GET", "/api/v1/audit/people", None),
    ("POST", "/api/v1/audit/studies", {"text": "KITA-0042"}),
)
OF_THE_CHIEF_AUDITOR: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/audit/state", None),
    ("GET", "/api/v1/audit/reviews", None),
    ("POST", "/api/v1/audit/reviews/2020-01/anomalies", {"text": "x"}),
    ("POST", "/api/v1/audit/anomalies/0/resolution", {"resolution": "x"}),
    ("POST", "/api/v1/audit/reviews/2020-01/signature/begin", None),
    ("POST", "/api/v1/audit/reviews/2020-01/signature", {"digest": "0" * 64, "password": "x", "totp_code": "1"}),
)
IN_THE_CENTRE: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/people", None),
    ("POST", "/api/v1/people", {"user_name": "new.one", "display_name": "新人", "grants": []}),
    ("POST", "/api/v1/people/0/enrolment", None),
    ("POST", "/api/v1/people/0/grants", {"role": "reader", "site_id": "kita"}),
    ("DELETE", "/api/v1/people/0/grants", {"role": "reader", "site_id": "kita"}),
    ("POST", "/api/v1/people/0/lock", None),
    ("GET", "/api/v1/people/0/profile", None),
    ("PUT", "/api/v1/people/0/profile", {"licence_number": "1"}),
    ("PUT", "/api/v1/people/0/signing-certificate", {"pem": "x"}),
    ("DELETE", "/api/v1/people/0/signing-certificate", None),
    ("POST", "/api/v1/people/0/signing-certificate/offer", {"fingerprint": "0" * 64}),
    ("DELETE", "/api/v1/people/0/signing-certificate/offer", None),
    ("GET", "/api/v1/certificate-offers", None),
    ("PUT", "/api/v1/people/0/end", {"ends_on": None}),
    ("GET", "/api/v1/centre-rules", None),
    ("PUT", "/api/v1/centre-rules", {"password_form": "long", "password_length": 8}),
    ("GET", "/api/v1/dormant-accounts", None),
    ("POST", "/api/v1/dormant-accounts/0/review", None),
    ("GET", "/api/v1/role-requests", None),
    ("POST", "/api/v1/role-requests/0/decision", {"yes": True}),
    ("GET", "/api/v1/alerts", None),
    ("POST", "/api/v1/alerts/0/settled", None),
    ("GET", "/api/v1/substitutes", None),
    ("POST", "/api/v1/substitutes", {"person_id": "0", "reason": "x"}),
    ("POST", "/api/v1/substitutes/0/issue", None),
    ("POST", "/api/v1/substitutes/0/end", None),
    ("POST", "/api/v1/emergency", {"reason": "x", "hours": 1}),
    ("GET", "/api/v1/report-words", None),
    ("POST", "/api/v1/report-words", _WORD),
    ("PUT", "/api/v1/report-words/order", {"ids": []}),
    ("DELETE", "/api/v1/report-words/0", None),
    ("GET", "/api/v1/certifications", None),
    ("POST", "/api/v1/certifications", {"number": "1", "holder": "x", "version": "0"}),
    ("POST", "/api/v1/certifications/0/withdrawal", None),
)
_SLICES = (
    "/api/v1/case-links", "/api/v1/report-phrases", "/api/v1/worklist", "/api/v1/requests", "/api/v1/outcomes",
    "/api/v1/audit", "/api/v1/request-papers",
)  # fmt: skip
# What everybody who is signed in may ask, about themselves alone.
_OWN = {
    "/api/v1/outcomes/escalated",
    "/api/v1/worklist-filters",
    "/api/v1/worklist-filters/{filter_id}",
    "/api/v1/role-requests/mine",
    "/api/v1/role-requests/{request_id}/confirmation",
}
_OF_THE_CENTRE = (
    "/api/v1/people", "/api/v1/dormant", "/api/v1/role-requests", "/api/v1/alerts", "/api/v1/substitutes",
    "/api/v1/emergency", "/api/v1/certifications", "/api/v1/centre-rules",
    "/api/v1/report-words", "/api/v1/certificate-offers",
)  # fmt: skip
_NAMED = {
    "people": "person_id",
    "dormant-accounts": "month",
    "role-requests": "request_id",
    "alerts": "alert_id",
    "substitutes": "substitute_id",
    "certifications": "certification_id",
    "report-words": "word_id",
}
_ANYBODY = Principal("system", "0", "", frozenset(Permission), frozenset({"kita", "minami"}))
_ASKED = Written(_MESSAGE, MessageKind.QUESTION, "前回の画像はありますか。")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def item(hub: WholeHub) -> str:
    found = Lists(hub.hub.worklist).list(_ANYBODY).items[0].worklist_item_id
    hub.hub.messages.write(_ANYBODY, found, _ASKED)
    return found


@pytest.fixture(scope="module")
def request_id(hub: WholeHub) -> str:
    with closing(hub.signed_in("asking-staff", Grant(Role.SITE_STAFF, "kita"))) as client:
        path = f"/api/v1/requests/{(placed := asked(client))['request_id']}"
        match = {"study_instance_uid": SERIES.study_instance_uid}
        client.post(f"{path}/match", json=match).raise_for_status()
        kind = {"Content-Type": "application/pdf"}
        client.post(f"{path}/attachments", content=b"%PDF-1.7", headers=kind).raise_for_status()
    return str(placed["request_id"])


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_it_is_for_at_its_own_site_and_nothing_else(hub: WholeHub, item: str, role: Role) -> None:
    """AUTH-13: matrix over routes and roles; who lacks the right is refused before anything is looked up."""
    with closing(hub.signed_in(f"own-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in AT_A_SITE:
            status = ask(client, method, path.format(item=item), body)
            if needed not in ROLE_PERMISSIONS[role]:
                assert status == 403, f"{role} {method} {path}: {status}"
            else:
                assert status not in {401, 404, 500} or path.endswith(_UNKNOWN), f"{role} {method} {path}: {status}"
                if method == "GET" and not path.endswith(_UNKNOWN):
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
def test_lists_and_searches_hold_what_is_at_ones_own_sites(hub: WholeHub, role: Role) -> None:
    """AUTH-13: matrix over lists and roles; a foreign site's cases and requests are in none."""
    for site_id in ("kita", "minami"):
        with closing(hub.signed_in(f"lists-{role.value}-{site_id}", Grant(role, site_id))) as client:
            for method, path, needed, body in LISTS:
                answer = client.request(method, path, json=body)
                assert answer.status_code == (200 if needed in ROLE_PERMISSIONS[role] else 403), f"{role} {path}"
                if answer.status_code == 200 and "worklist" in path:
                    assert len(answer.json()["items"]) == (site_id == "kita"), f"{role} {site_id} {path}"
                elif answer.status_code == 200:
                    assert site_id == "kita" or answer.json()["items"] == []


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


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("site_id", [None, "kita"])
def test_the_trail_is_for_auditors_and_its_reviews_for_those_of_the_centre(
    hub: WholeHub, role: Role, site_id: str | None
) -> None:
    """AUTH-13, LOG-03: nobody else reads it, administrators neither."""
    with closing(hub.signed_in(f"audit-{role.value}-{site_id or 'centre'}", Grant(role, site_id))) as client:
        for method, path, body in AT_ANY_SITE_OF_AN_AUDITOR:
            status = ask(client, method, path, body)
            assert status == (200 if role is Role.AUDITOR else 403), f"{role} {site_id} {method} {path}: {status}"
        for method, path, body in OF_THE_CHIEF_AUDITOR:
            status = ask(client, method, path, body)
            allowed = role is Role.AUDITOR and site_id is None
            assert (status != 403) is allowed, f"{role} {site_id} {method} {path}: {status}"
            assert status != 500


def test_every_route_of_these_slices_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails."""
    listed = {(method, _pattern(path.partition("?")[0])) for method, path, *_ in (*AT_A_SITE, *ASKING, *LISTS)}
    for method, path, _ in (*AT_ANY_SITE_OF_AN_AUDITOR, *OF_THE_CHIEF_AUDITOR):
        listed.add((method, path.replace("/2020-01/", "/{month}/").replace("/0/", "/{anomaly_id}/")))
    for method, path, _ in IN_THE_CENTRE:
        named = _NAMED.get(path.split("/")[3], "")
        ends = path.removesuffix("/0") + f"/{{{named}}}" if path.endswith("/0") else path
        listed.add((method, ends.replace("/0/", f"/{{{named}}}/")))
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith((*_SLICES, *_OF_THE_CENTRE)) and path not in _OWN
    }
    assert known == listed | {("POST", "/api/v1/role-requests")}


def _pattern(path: str) -> str:
    named = path.replace("{item}", "{worklist_item_id}").replace(
        f"attachments/{_MESSAGE}", "attachments/{attachment_id}"
    )
    named = named.replace(f"communications/{_MESSAGE}", "communications/{communication_id}")
    named = named.replace(f"report-phrases/{_MESSAGE}", "report-phrases/{phrase_id}")
    named = named.replace("{request}", "{request_id}").replace("attachments/1", "attachments/{number}")
    return named.replace(_MESSAGE, "{message_id}")


@pytest.mark.parametrize("role", Role)
def test_what_is_unread_is_told_of_ones_own_sites_only(hub: WholeHub, item: str, role: Role) -> None:
    """AUTH-13: counts are for those who may read the messages, and name no case of a foreign site."""
    path = "/api/v1/messages/unread"
    for site_id in ("kita", "minami"):
        with closing(hub.signed_in(f"unread-{role.value}-{site_id}", Grant(role, site_id))) as client:
            hub.hub.messages.write(_ANYBODY, item, replace(_ASKED, message_id=uuid.uuid4().hex))
            answer = client.get(path)
            if _P.READ_MESSAGES not in ROLE_PERMISSIONS[role]:
                assert answer.status_code == 403
                continue
            assert answer.headers["cache-control"] == "no-store"
            assert (item in answer.text) is (site_id == "kita"), answer.text


def test_answers_about_people_and_patients_are_kept_by_no_cache(hub: WholeHub, item: str) -> None:
    """Chromium's disk cache would keep them readable after the session."""
    with closing(hub.signed_in("cache-test", Grant(Role.READER, None), Grant(Role.ADMINISTRATOR, None))) as client:
        paths = [path for method, path, *_ in AT_A_SITE if method == "GET" and not path.endswith(_UNKNOWN)]
        for path in (*paths, "/api/v1/people", "/api/v1/session", "/api/v1/sessions"):
            answer = client.get(path.format(item=item)).raise_for_status()
            assert answer.headers["cache-control"] == "no-store", path


def test_a_token_for_dicomweb_reads_no_worklist_and_no_report(hub: WholeHub, item: str) -> None:
    with hub.client(hub.token("kita")) as client:
        for method, path, _, body in (*AT_A_SITE, *ASKING, *LISTS):
            assert ask(client, method, path.format(item=item, request="0" * 32), body) == 403
        for method, path, body in IN_THE_CENTRE:
            assert ask(client, method, path, body) == 403
        assert client.get("/api/v1/session").status_code == 404
