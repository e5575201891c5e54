from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dokuei.errors import EnrolmentError, ForbiddenError
from dokuei.hub.gateways.model import Gateway, GatewayState, Invitation, admit_by, demand_enrolled

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_NEW = Invitation("digest", "kita", "", _AT, "person:1", _AT + timedelta(hours=24))
_USED = replace(_NEW, used_at=_AT, used_by_key="key one", gateway_id="g1")
_GATEWAY = Gateway("g1", "kita", "", "key", _AT, _AT)


def test_a_fresh_code_lets_one_gateway_in() -> None:
    assert admit_by(_NEW, at=_AT, expected_key="key one") == _NEW


def test_the_same_key_may_ask_again_because_an_answer_can_be_lost() -> None:
    assert admit_by(_USED, at=_AT, expected_key="key one") == _USED


@pytest.mark.parametrize(
    ("invitation", "at", "what"),
    [
        (None, _AT, "not known"),
        (_USED, _AT, "used"),
        (_NEW, _AT + timedelta(hours=24), "expired"),
    ],
)
def test_an_unknown_used_or_expired_code_lets_nobody_in(invitation: Invitation | None, at: datetime, what: str) -> None:
    with pytest.raises(EnrolmentError, match=what):
        admit_by(invitation, at=at, expected_key="key two")


def test_an_unknown_or_revoked_gateway_is_refused() -> None:
    assert demand_enrolled(_GATEWAY) == _GATEWAY
    for gateway in (None, replace(_GATEWAY, revoked_at=_AT)):
        with pytest.raises(ForbiddenError):
            demand_enrolled(gateway)


def test_what_a_gateway_reckoned_counts_as_long_as_it_is_heard_of() -> None:
    told = {"study_instance_uid": "2.25.1", "done_at": "2026-11-01T05:20:00+00:00"}
    state = GatewayState(_GATEWAY, "1", 1, _AT, "true", 0, 0, [told], [])
    assert state.done_at(told, _AT) == told["done_at"]
    assert state.done_at(told, _AT + timedelta(minutes=1)) == "", "nobody knows while it is away"
    assert state.done_at({}, _AT) == "", "a gateway one version behind"
