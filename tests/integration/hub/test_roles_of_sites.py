"""Every route of sites, screening, papers, displays, lines and FHIR with every role, at home and at a foreign site."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from dokuei.hub.archive.papers import SECONDARY_CAPTURES
from dokuei.hub.identity.model import ROLE_PERMISSIONS, Grant, Permission, Role
from tests.makers.archive import MG, image
from tests.makers.displays import PANEL, measured
from tests.makers.documents import letter, two_pages
from tests.makers.whole_hub import SERIES, WholeHub, ask, whole_hub

_P = Permission
_BATCH = {"site_id": "kita", "name": "検診", "held_on": "2026-11-01", "read_twice": False}

SCREENING: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/screening-batches?site_id=kita", None),
    ("POST", "/api/v1/screening-batches", _BATCH),
    ("GET", "/api/v1/screening-batches/{batch}", None),
    ("POST", "/api/v1/screening-batches/{batch}/roster", None),
    ("GET", "/api/v1/screening-batches/{batch}/judgements.csv", None),
)

_CONTACT = {"hours": "night", "name": "当直", "telephone": "011-1"}

# path below a site, what it needs there; None: a role of the centre
OF_SITES: tuple[tuple[str, str, Permission | None, dict[str, Any] | None], ...] = (
    ("GET", "", _P.READ_SITE, None),
    ("PUT", "/register", _P.ADMINISTER, {"name": "北病院", "version": 0}),
    ("POST", "/contacts", _P.KEEP_CONTACTS, _CONTACT),
    ("PUT", "/contacts/0", _P.KEEP_CONTACTS, {**_CONTACT, "version": 1}),
    ("DELETE", "/contacts/0", _P.KEEP_CONTACTS, None),
    ("POST", "/contacts/0/test", _P.KEEP_CONTACTS, {"on": "2026-01-01", "reached": True}),
    ("POST", "/contracts", None, {"valid_from": "2020-01-01"}),
    ("PUT", "/contracts/0", None, {"version": 1, "because": "x"}),
    ("POST", "/contracts/0/termination", None, {"version": 1, "because": "x", "last_day": "2026-01-01"}),
)

_OBJECT = f"{SERIES.study_instance_uid}/objects/{SERIES.study_instance_uid}.{SERIES.series}.1"

OF_PAPERS: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", f"/api/v1/sites/kita/studies/{SERIES.study_instance_uid}/papers", _P.READ_REQUEST, None),
    ("GET", "/api/v1/sites/kita/paper-rules", _P.RECONCILE, None),
    ("PUT", "/api/v1/sites/kita/paper-rules", _P.RECONCILE, {"rules": [{"kind": "schema", "words": ["図"]}]}),
    ("GET", f"/api/v1/sites/kita/studies/{_OBJECT}/pedigree", _P.READ_IMAGES, None),
)

# A foreign site's managers see their own register and the rules, and nothing of a display of kita.
OF_DISPLAYS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/displays", None),
    ("GET", "/api/v1/display-rules", None),
    ("POST", "/api/v1/displays/{display}/calibrations", measured()),
    ("POST", "/api/v1/displays/{display}/calibrations/0/paper", None),
    ("GET", "/api/v1/displays/{display}/calibrations/0/paper", None),
    ("POST", "/api/v1/displays/{display}/retirement", {"because": " "}),
    ("GET", "/api/v1/sites/kita/display-grades", None),
    ("PUT", "/api/v1/sites/kita/display-grades", {"grades": {"US": "2"}}),
)

_LINE = {"down_bits": 1e7, "up_bits": 1e7, "round_trip_ms": 9, "round_trip_loaded_ms": 9, "jitter_ms": 1}
OF_LINES: tuple[tuple[str, str, Permission, dict[str, Any] | None], ...] = (
    ("GET", "/api/v1/line/ping", _P.READ_IMAGES, None),
    ("GET", "/api/v1/line/connection", _P.READ_IMAGES, None),
    ("GET", "/api/v1/line/down?bytes=9", _P.READ_IMAGES, None),
    ("POST", "/api/v1/line/up", _P.READ_IMAGES, {}),
    ("POST", "/api/v1/line/checks", _P.READ_IMAGES, _LINE),
    ("GET", "/api/v1/line/checks", _P.READ_IMAGES, None),
    ("GET", "/api/v1/lines", _P.READ_GATEWAYS, None),
    ("GET", "/api/v1/line-limits", _P.READ_GATEWAYS, None),
)

FHIR: tuple[tuple[str, str], ...] = (
    ("GET", "/fhir/metadata"),
    ("POST", "/fhir"),
    ("GET", "/fhir/Binary/0"),
    ("POST", "/fhir/ServiceRequest"),
    ("PUT", "/fhir/ServiceRequest/0"),
    ("GET", "/fhir/Nothing"),
    ("POST", "/fhir/Nothing/_search"),
    ("GET", "/fhir/Nothing/0"),
    ("GET", "/fhir/Nothing/0/_history"),
    ("GET", "/fhir/Nothing/0/_history/1"),
)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.mark.parametrize("role", Role)
def test_screening_batches_are_for_those_who_look_after_them_at_their_own_site(hub: WholeHub, role: Role) -> None:
    """AUTH-13: matrix over the routes of screening batches and roles, at home and abroad."""
    with closing(hub.signed_in(f"batches-{role.value}", Grant(Role.CLERK, None))) as clerk:
        batch = clerk.post("/api/v1/screening-batches", json={**_BATCH, "name": role.value}).json()["batch_id"]
    may = _P.MANAGE_SCREENING in ROLE_PERMISSIONS[role]
    for site_id in ("kita", "minami"):
        with closing(hub.signed_in(f"batch-{role.value}-{site_id}", Grant(role, site_id))) as client:
            for method, path, body in SCREENING:
                status = ask(client, method, path.format(batch=batch), body)
                if may and site_id == "kita":
                    assert status in {200, 201, 400, 409}, f"{role} {method} {path}: {status}"
                else:
                    assert status == (404 if may else 403), f"{role} {site_id} {method} {path}: {status}"


def test_every_route_of_screening_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails."""
    listed = {(method, path.partition("?")[0].replace("{batch}", "{batch_id}")) for method, path, _ in SCREENING}
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/api/v1/screening-batches")
    }
    assert known == listed


@pytest.mark.parametrize("role", Role)
def test_a_site_and_its_contracts_open_to_whom_they_concern(hub: WholeHub, role: Role) -> None:
    """AUTH-13, JRS-03: contracts are the centre's; a foreign site answers exactly like one that does not exist."""
    with closing(hub.signed_in(f"site-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in OF_SITES:
            allowed = needed is not None and needed in ROLE_PERMISSIONS[role]
            status = ask(client, method, f"/api/v1/sites/kita{path}", body)
            assert (status != 403) is allowed, f"{role} {method} {path}: {status}"
            assert status not in {401, 422, 500}, f"{role} {method} {path}: {status}"
            abroad, unknown = (ask(client, method, f"/api/v1/sites/{one}{path}", body) for one in ("minami", "nowhere"))
            assert (abroad, unknown) == ((404, 404) if needed else (403, 403)), f"{role} {method} {path}: {abroad}"
        assert client.post("/api/v1/sites", json={"site_id": "higashi", "name": "東病院"}).status_code == 403
        listed = client.get("/api/v1/sites")
        assert (listed.status_code == 200) is (_P.READ_SITE in ROLE_PERMISSIONS[role])
        assert listed.status_code == 403 or [one["site_id"] for one in listed.json()] == ["kita"]


def test_every_route_of_sites_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails."""
    listed = {("GET", "/api/v1/sites"), ("POST", "/api/v1/sites")}
    for method, path, *_ in OF_SITES:
        named = path.replace("contacts/0", "contacts/{contact_id}").replace("contracts/0", "contracts/{contract_id}")
        listed.add((method, f"/api/v1/sites/{{site_id}}{named}"))
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method, told in methods.items()
        if path.startswith("/api/v1/sites") and told["tags"] == ["sites"]
    }
    assert known == listed


@pytest.mark.parametrize("role", Role)
def test_papers_and_their_rules_are_for_those_of_the_site_alone(hub: WholeHub, role: Role) -> None:
    """AUTH-13: a foreign site answers like an unknown one, whatever the role."""
    with closing(hub.signed_in(f"papers-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in OF_PAPERS:
            expected = 200 if needed in ROLE_PERMISSIONS[role] else 403
            assert ask(client, method, path, body) == expected, f"{role} {method} {path}"
            assert ask(client, method, path.replace("/kita/", "/minami/"), body) == 404, f"{role} {method} {path}"


@pytest.fixture(scope="module")
def of_papers(hub: WholeHub) -> dict[str, str]:
    """A study of kita with a scanned paper, a PDF and a mammogram; where each would be opened as a paper."""
    view = image(sop_class=MG, modality="MG", patient_id="KITA-0050")
    study = view.StudyInstanceUID
    scan = image(study=study, sop_class=SECONDARY_CAPTURES[0], modality="OT", patient_id="KITA-0050")
    scan.SeriesDescription = "シェーマ図"  # a paper by the rules that everybody begins with, and by those set above
    questions = letter(view, two_pages())
    questions.DocumentTitle = "問診票 図"
    hub.hub.archive.store_instances("kita", [hub.coded(one) for one in (view, scan, questions)], actor="gateway:test")
    at = f"/api/v1/sites/kita/studies/{study}/papers"
    return {name: f"{at}/{one.SOPInstanceUID}" for name, one in (("view", view), ("scan", scan), ("pdf", questions))}


@pytest.mark.parametrize("role", Role)
def test_papers_open_to_whom_requests_do_and_no_image_opens_as_one(
    hub: WholeHub, of_papers: dict[str, str], role: Role
) -> None:
    """AUTH-13: the site's staff and referring physicians read their papers without any right to images."""
    allowed = _P.READ_REQUEST in ROLE_PERMISSIONS[role]
    with closing(hub.signed_in(f"opens-{role.value}", Grant(role, "kita"))) as client:
        told = [client.get(of_papers[name]) for name in ("scan", "pdf", "view")]
        assert [one.status_code for one in told] == ([200, 200, 404] if allowed else [403] * 3)
        if allowed:
            assert [one.headers["content-type"] for one in told[:2]] == ["image/jpeg", "application/pdf"]
            assert told[1].content.startswith(b"%PDF")
            assert told[0].headers["cache-control"] == "no-store"
        assert client.get(of_papers["scan"].replace("/kita/", "/minami/")).status_code == 404
    with closing(hub.signed_in(f"abroad-{role.value}", Grant(role, "minami"))) as client:
        assert client.get(of_papers["scan"]).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_displays_are_for_those_who_look_after_them_at_their_own_site(hub: WholeHub, role: Role) -> None:
    """AUTH-13, DISP-12: matrix over the routes of displays and roles; the centre's rules are its administrators'."""
    panel = {**PANEL, "site_id": "kita", "serial": role.value}
    with closing(hub.signed_in(f"keeps-{role.value}", Grant(Role.DISPLAY_MANAGER, None))) as keeper:
        display = keeper.post("/api/v1/displays", json=panel).json()["display_id"]
    may = _P.MANAGE_DISPLAYS in ROLE_PERMISSIONS[role]
    for site_id in ("kita", "minami"):
        with closing(hub.signed_in(f"display-{role.value}-{site_id}", Grant(role, site_id))) as client:
            for method, path, body in OF_DISPLAYS:
                status = ask(client, method, path.format(display=display), body)
                home = site_id == "kita" or "{" not in path
                if "/sites/kita/" in path:
                    expected = {404} if site_id == "minami" else {200 if may else 403}
                elif not may:
                    expected = {403}
                else:
                    expected = {200, 201, 400, 404, 415} if home else {400, 404, 415}
                assert status in expected, f"{role} {site_id} {method} {path}: {status}"
            status = ask(client, "POST", "/api/v1/displays", {**panel, "serial": f"{role.value} {site_id}"})
            assert status == ((201 if site_id == "kita" else 404) if may else 403)
            rules = {"mode": "warn", "months_mammography": 6, "months_other": 12}
            assert ask(client, "PUT", "/api/v1/display-rules", rules) == 403


def test_every_route_of_displays_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails; what everybody says of their own screen is about nobody else."""
    own = {("GET", "/api/v1/session/display"), ("PUT", "/api/v1/session/display"), ("PUT", "/api/v1/session/screen")}
    listed = {
        (
            method,
            path.replace("{display}", "{display_id}").replace("/0/", "/{calibration_id}/").replace("kita", "{site_id}"),
        )
        for method, path, _ in OF_DISPLAYS
    }
    listed |= {("POST", "/api/v1/displays"), ("PUT", "/api/v1/display-rules")}
    listed.add(("GET", "/api/v1/worklist/{worklist_item_id}/display"))  # among the routes of cases
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method, told in methods.items()
        if told["tags"] == ["displays"]
    }
    assert known == listed | own


@pytest.mark.parametrize("role", Role)
def test_lines_are_measured_by_readers_and_limited_by_the_centre(hub: WholeHub, role: Role) -> None:
    """AUTH-13, NET-20: matrix over the routes of lines and roles; none of a site's roles sets the centre's limits."""
    with closing(hub.signed_in(f"line-{role.value}", Grant(role, "kita"))) as client:
        for method, path, needed, body in OF_LINES:
            status = ask(client, method, path, body)
            expected = {200, 201, 204} if needed in ROLE_PERMISSIONS[role] else {403}
            assert status in expected, f"{role} {method} {path}: {status}"
        assert ask(client, "GET", "/api/v1/session/line", None) == 200
        assert ask(client, "PUT", "/api/v1/line-limits", {"kinds": {}, "prefetch_seconds": 1}) == 403


def test_every_route_of_lines_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails; what everybody hears of their own line is about nobody else."""
    listed = {(method, path.partition("?")[0]) for method, path, _, _ in OF_LINES}
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method, told in methods.items()
        if told["tags"] == ["lines"]
    }
    assert known == listed | {("GET", "/api/v1/session/line"), ("PUT", "/api/v1/line-limits")}


@pytest.mark.parametrize("role", Role)
def test_fhir_is_for_programs_and_no_role_opens_it(hub: WholeHub, role: Role) -> None:
    """AUTH-13: only a token of the scope ``fhir`` does, and it opens nothing else."""
    with closing(hub.signed_in(f"fhir-{role.value}", Grant(role, "kita"))) as client:
        for method, path in FHIR:
            assert ask(client, method, path, None) == 403, f"{role} {method} {path}"


def test_every_route_of_fhir_stands_in_the_matrix(hub: WholeHub) -> None:
    """AUTH-13: a new route without a line here fails."""
    known = {
        (method.upper(), path)
        for path, methods in hub.app.openapi()["paths"].items()
        for method in methods
        if path.startswith("/fhir")
    }
    named = {(method, path.replace("Nothing", "{kind}").replace("/1", "/{version}", 1)) for method, path in FHIR}
    assert known == {(method, path.replace("/0", "/{resource_id}")) for method, path in named}
