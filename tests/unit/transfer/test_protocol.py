from typing import Any

import pytest

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DiskFullError, EnrolmentError, PeerRefusedError, ProtocolVersionError, RequestError
from dokuei.transfer.protocol import PROTOCOL, Offer, Problem, demand_protocol

_DIGEST = "a" * 64


def _instance(**changes: Any) -> dict[str, Any]:
    value = CodedInstance(
        "2.25.3", "1.2", "2.25.2", "2.25.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2", _DIGEST, _DIGEST, 100, _DIGEST,
        (), "no-pixels", "", None,
    ).to_json()  # fmt: skip
    return {**value, **changes}


@pytest.mark.parametrize("version", [PROTOCOL, PROTOCOL - 1])
def test_the_hub_speaks_its_own_version_and_the_one_before(version: int) -> None:
    assert demand_protocol(str(version)) == version


@pytest.mark.parametrize(
    ("version", "remedy"),
    [
        (None, "update the gateway"),
        (str(PROTOCOL - 2), "update the gateway"),
        (str(PROTOCOL + 1), "update the hub first"),
        ("x", "update the gateway"),
        ("１", "update the gateway"),
    ],
)
def test_any_other_version_is_refused_with_what_to_do(version: str | None, remedy: str) -> None:
    with pytest.raises(ProtocolVersionError) as refused:
        demand_protocol(version)
    assert refused.value.remedy == remedy
    assert refused.value.http_status == 426


def test_an_offer_gives_back_the_objects() -> None:
    (coded,) = Offer(study_instance_uid="2.25.1", instances=[_instance()]).coded()
    assert coded.sha256 == _DIGEST


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "../../etc/passwd"},
        {"sha256": _DIGEST.upper()},
        {"sop_instance_uid": "2.25.3/../4"},
        {"size": 0},
        {"size": "many"},
        {"study_instance_uid": "2.25.99"},
        {"frames": [[0, 101, _DIGEST, "pixels", []]]},
        {"frames": [[-1, 5, _DIGEST, "pixels", []]]},
        {"frames": [[0, 5]]},
        {"lossy": {"methods": 3}},
    ],
)
def test_an_offer_with_impossible_particulars_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        Offer(study_instance_uid="2.25.1", instances=[_instance(**changes)]).coded()


def test_an_error_arrives_as_what_it_was() -> None:
    for error in (DiskFullError("no room", phase="storing"), EnrolmentError("used", remedy="ask")):
        again = Problem.of(error).error()
        assert (type(again), str(again)) == (type(error), str(error))
    assert isinstance(Problem(type="urn:dokuei:problem:of-the-future").error(), PeerRefusedError)


def test_a_message_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(RequestError) as refused:
        Offer.read(b'{"study_instance_uid": "YAMADA^HANAKO", "instances": []}')
    assert "YAMADA" not in str(refused.value)


def test_an_offer_of_a_gateway_one_version_behind_counts_nothing() -> None:
    """What a gateway holds so far is told where it is known, and never guessed."""
    assert Offer.read(b'{"study_instance_uid": "2.25.1", "instances": []}').study_instances is None
    assert Offer.read(b'{"study_instance_uid": "2.25.1", "instances": [], "study_instances": 7}').study_instances == 7
