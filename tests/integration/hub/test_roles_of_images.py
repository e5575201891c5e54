"""Every route of images and gateways with every role, at home and abroad; and that no route stands in no matrix."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from pydicom import dcmread

from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Permission, Role
from tests.makers.whole_hub import SERIES, WholeHub, ask, whole_hub

_P = Permission
_REJECTED: dict[str, Any] = {
    "kind": "frame.rejected",
    "study_instance_uid": SERIES.study_instance_uid,
    "sop_instance_uid": "1.2",
    "frame": 1,
    "expected": "0" * 64,
    "found": "",
    "detail": "",
}
_SHOWN: dict[str, Any] = {"study_instance_uid": SERIES.study_instance_uid, "series": {}}
_IMAGES = (
    "/sites/{site_id}/dicom-web",
    "/dicom-web",
    "/api/v1/sites/{site_id}/studies/{study}/images",
    "/api/v1/sites/{site_id}/studies/{study}/frame-parts",
    "/api/v1/sites/{site_id}/viewer-events",
    "/api/v1/sites/{site_id}/displays",
    "/api/v1/sites/{site_id}/quarantine",
)
_SEARCHES = ("/studies", "/series", "/instances")  # of a foreign site they find nothing
# Matrices of their own, by how their routes begin; what is about whoever asks, and what is for everybody.
_ELSEWHERE = (
    *("/api/v1/case-links", "/api/v1/report-phrases", "/api/v1/worklist", "/api/v1/requests", "/api/v1/outcomes"),
    *("/api/v1/audit", "/api/v1/request-papers", "/api/v1/people", "/api/v1/dormant", "/api/v1/role-requests"),
    *(
        "/api/v1/alerts",
        "/api/v1/substitutes",
        "/api/v1/emergency",
        "/api/v1/certifications",
        "/api/v1/centre-rules",
        "/api/v1/certificate-offers",
    ),
    *("/api/v1/report-words", "/api/v1/screening-batches", "/api/v1/sites", "/api/v1/display", "/api/v1/line", "/fhir"),
)
_OF_WHOEVER_ASKS = ("/api/v1/session", "/api/v1/messages/")
_FOR_EVERYBODY = (
    "/api/v1/health",
    "/api/v1/standing",
    "/api/v1/sign-in/",
    "/api/v1/sign-out",
    "/api/v1/enrolments",
    "/metrics",
)
_OF_THE_DESK = ("/api/v1/desk/signature",)  # a code that its reader holds is what opens them


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def named(hub: WholeHub) -> dict[str, str]:
    """What stands in the addresses: an object of the study that is there."""
    first = dcmread(min((hub.folder / "images").iterdir()), stop_before_pixels=True)
    return {
        "study": SERIES.study_instance_uid,
        "series": str(first.SeriesInstanceUID),
        "instance": str(first.SOPInstanceUID),
        "frames": "1",
        "path": "00091234",
    }


def _routes(hub: WholeHub) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith(_IMAGES)
    ]


def _needed(method: str, path: str) -> Permission:
    return _P.STORE_IMAGES if method == "POST" and path.endswith(("/studies", "/{study}")) else _P.READ_IMAGES


def _body(path: str, named: dict[str, str]) -> dict[str, Any] | None:
    if path.endswith("/frame-parts"):
        part = {"series": named["series"], "instance": named["instance"], "frame": 1, "begin": 0, "end": 1}
        return {"parts": [part]}
    return {"viewer-events": _REJECTED, "displays": _SHOWN}.get(path.rpartition("/")[2])


@pytest.mark.parametrize("role", Role)
def test_images_open_to_whom_they_are_for_and_to_nobody_of_a_foreign_site(
    hub: WholeHub, named: dict[str, str], role: Role
) -> None:
    """AUTH-13: whoever lacks the right is refused before anything is looked up; a foreign site is as if not there."""
    with (
        closing(hub.signed_in(f"own-{role.value}", Grant(role, "kita"))) as own,
        closing(hub.signed_in(f"foreign-{role.value}", Grant(role, "minami"))) as foreign,
    ):
        for method, path in _routes(hub):
            needed, body = _needed(method, path), _body(path, named)
            at_home = path.format(site_id="kita", **named)
            here, there = ask(own, method, at_home, body), ask(foreign, method, at_home, body)
            which = f"{role} {method} {path}: {here} and {there}"
            if needed not in ROLE_PERMISSIONS[role]:
                assert (here, there in {403, 404}) == (403, True), which
                continue
            assert here not in {401, 403, 500}, which
            if "{site_id}" in path:
                assert there == ask(foreign, method, path.format(site_id="nowhere", **named), body) == 404, which
            elif method == "GET" and path.endswith(_SEARCHES):
                assert foreign.get(at_home).json() == [], which
            elif needed is _P.READ_IMAGES:
                assert there == 404, which


@pytest.mark.parametrize("role", Role)
def test_gateways_open_to_whom_they_concern(hub: WholeHub, role: Role) -> None:
    """AUTH-13: who sees them, and who lets one in or shuts one out."""
    routes = (
        ("GET", "/api/v1/gateways", _P.READ_GATEWAYS),
        ("POST", "/api/v1/gateways/invitations/kita", _P.MANAGE_GATEWAYS),
        ("DELETE", "/api/v1/gateways/0", _P.MANAGE_GATEWAYS),
    )
    with (
        closing(hub.signed_in(f"gateways-{role.value}", Grant(role, "kita"))) as own,
        closing(hub.signed_in(f"far-gateways-{role.value}", Grant(role, "minami"))) as foreign,
    ):
        for method, path, needed in routes:
            statuses = ask(own, method, path, None), ask(foreign, method, path, None)
            if needed not in ROLE_PERMISSIONS[role]:
                assert (statuses[0], statuses[1] in {403, 404}) == (403, True), f"{role} {method} {path}: {statuses}"
            elif path.endswith("/kita"):
                assert (statuses[0] in {200, 201}, statuses[1]) == (True, 404), f"{role} {method} {path}: {statuses}"
            else:
                assert not {401, 403, 500} & {*statuses}, f"{role} {method} {path}: {statuses}"
    known = {
        (method.upper(), path.replace("{site_id}", "kita").replace("{gateway_id}", "0"))
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/v1/gateways")
    }
    assert known == {(method, path) for method, path, _ in routes}


def test_every_route_stands_in_a_matrix_or_is_named_as_open(hub: WholeHub) -> None:
    """AUTH-13: a slice that nobody listed fails here."""
    said = (*_IMAGES, "/api/v1/gateways", *_ELSEWHERE, *_OF_WHOEVER_ASKS, *_FOR_EVERYBODY, *_OF_THE_DESK)
    assert [path for path in hub.app.openapi()["paths"] if not path.startswith(said)] == []
    nobody = hub.client()
    with closing(nobody):
        for path, methods in hub.app.openapi()["paths"].items():
            if path.startswith((*_FOR_EVERYBODY, *_OF_THE_DESK)):
                continue
            filled = path.replace("{", "").replace("}", "")
            for method in methods:
                status = ask(nobody, method.upper(), filled, {})
                assert status == 401, f"{method} {path}: {status}"
