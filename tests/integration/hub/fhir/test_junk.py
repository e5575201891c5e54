"""Whatever comes to FHIR's doors is answered: a body that is none is a 4xx OperationOutcome, never a 500."""

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dokuei.hub.identity.model import Scope
from tests.makers.fhir import KIND, ORDER, told
from tests.makers.whole_hub import WholeHub, whole_hub

_MANY = settings(
    max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_VALUES = st.recursive(_LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=8), v, max_size=3))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def his(hub: WholeHub) -> httpx.Client:
    token = hub.hub.identity.tokens.create(scope=Scope.FHIR, site_id="kita", label="his", actor="system")
    return hub.client(token)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in children:
        yield from _places(one, (*path, name))


def _spoilt(path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    made = copy.deepcopy(ORDER)
    at: Any = made
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = junk
    return made


def _answered(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    if answer.status_code >= 400:
        assert told(answer)


def test_a_spoilt_order_is_refused_or_taken_and_breaks_nothing(his: httpx.Client) -> None:
    @_MANY
    @given(path=st.sampled_from(list(_places(ORDER))), junk=_VALUES)
    @example(path=("status",), junk="\ud800")
    @example(path=("subject", "reference"), junk="\0")
    @example(path=("identifier", 0, "value"), junk="x" * 10_000)
    @example(path=("occurrenceDateTime",), junk="2026")
    @example(path=("contained", 0, "resourceType"), junk="Nonsense")
    def ask(path: tuple[Any, ...], junk: Any) -> None:
        body = json.dumps(_spoilt(path, junk)).encode()
        _answered(his.post("/fhir/ServiceRequest", content=body, headers=KIND))
        entry = {"resource": _spoilt(path, junk), "request": {"method": "POST", "url": "ServiceRequest"}}
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        _answered(his.post("/fhir", content=json.dumps(bundle).encode(), headers=KIND))

    ask()


def test_bytes_that_are_nothing_are_refused(his: httpx.Client) -> None:
    @_MANY
    @given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
    @example(body=b"[" * 100_000)
    @example(body=b'{"a":' * 5_000)
    @example(body=b"1" * 5_000)
    @example(body=b'{"resourceType":"ServiceRequest","status":NaN}')
    def ask(body: bytes) -> None:
        for path in ("/fhir", "/fhir/ServiceRequest"):
            answer = his.post(path, content=body, headers=KIND)
            assert 400 <= answer.status_code < 500, answer.text
            _answered(answer)

    ask()


def test_any_search_is_answered(his: httpx.Client) -> None:
    names = ("_id", "_lastUpdated", "_count", "_include", "_cursor", "_sort", "patient", "subject.identifier", "date")
    kinds = ("DiagnosticReport", "Observation", "ServiceRequest", "ImagingStudy", "Patient", "Practitioner", "Nothing")
    more = ("identifier", "status", "code", "based-on.identifier", "authored", "started", "x")

    @_MANY
    @given(
        kind=st.sampled_from(kinds),
        pairs=st.lists(st.tuples(st.sampled_from((*names, *more)), st.text(max_size=30)), max_size=3),
    )
    @example(kind="DiagnosticReport", pairs=[("_cursor", "WyIyMDI2LTExLTMwVDAwOjAwOjAwKzAwOjAwIiwgIngiLCAwXQ")])
    @example(kind="DiagnosticReport", pairs=[("date", "9999"), ("_lastUpdated", "0001-01-01T00:00:00+14:00")])
    @example(kind="Observation", pairs=[("_lastUpdated", "ge0000")])
    def ask(kind: str, pairs: list[tuple[str, str]]) -> None:
        _answered(his.get(f"/fhir/{kind}", params=tuple(pairs)))
        _answered(his.post(f"/fhir/{kind}/_search", data=dict(pairs)))

    ask()


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        "&".join(f"_id={number}" for number in range(501)),
        "_id=a\0b",
        "_id=%%0000",
        "_lastUpdated=ge0001",
        "_lastUpdated=lt0001-01-01T00:00:00%2B23:59",
        "_lastUpdated=le9999-12-31T23:00:00-23:59",
        "_cursor=" + _cursor('["0001-01-01T00:00:00+23:00","a",0]'),
        "_cursor=" + _cursor('["9999-12-31T23:59:59-23:00","a",0]'),
        "_cursor=" + _cursor('["2026-01-01T00:00:00+00:00","\\ud800",0]'),
        "_id=" + ",".join(map(str, range(201))),
        "patient=" + ",".join(map(str, range(201))),
        "&".join("identifier=" + ",".join(map(str, range(50))) for _ in range(5)),
        "_lastUpdated=ne2026",
    ],
)
def test_a_search_that_cannot_be_carried_out_is_refused(his: httpx.Client, body: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = his.post("/fhir/ServiceRequest/_search", content=body, headers=form)
    assert (answer.status_code, bool(told(answer))) == (400, True)


def test_too_large_a_body_and_every_unknown_address_are_outcomes(hub: WholeHub, his: httpx.Client) -> None:
    large = his.post("/fhir/ServiceRequest", content=b" " * (5 << 20), headers=KIND)
    assert (large.status_code, "too-long" in told(large)) == (413, True)
    for method, path in (
        ("GET", "/fhir/"),
        ("PATCH", "/fhir/ServiceRequest/1"),
        ("OPTIONS", "/fhir/x"),
        ("GET", "/fhir"),
    ):
        answer = his.request(method, path)
        assert (answer.status_code in {404, 405}, bool(told(answer))) == (True, True), path
    with hub.client() as stranger:
        for path in ("/fhir/metadata", "/fhir/Patient", "/fhir/a/b/c/d"):
            answer = stranger.get(path)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert told(answer)
