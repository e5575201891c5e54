from datetime import UTC, datetime, timedelta

from dokuei.dicom.uids import is_well_formed
from dokuei.transfer.pulses import LEGS, Leg, Pulse, complete, judge, pulse_uid

_AT = datetime(2026, 4, 1, 12, tzinfo=UTC)


def _pulse(*legs: Leg) -> Pulse:
    return Pulse(began_at=_AT, ended_at=_AT, minutes=5, legs=complete(legs))


def test_what_was_not_come_to_is_said_so_and_the_first_dead_leg_is_named() -> None:
    pulse = _pulse(
        Leg(name="received", state="ok"), Leg(name="proved", state="dead"), Leg(name="receipt", state="dead")
    )
    assert [leg.name for leg in pulse.legs] == list(LEGS)
    assert pulse.dead == "proved"
    assert {leg.name for leg in pulse.legs if leg.state == "not-reached"} == set(LEGS) - {
        "received",
        "proved",
        "receipt",
    }


def test_a_leg_that_nobody_set_up_is_not_dead() -> None:
    assert _pulse(*(Leg(name=name, state="skipped" if name == "in-pacs" else "ok") for name in LEGS)).dead is None


def test_whoever_takes_the_pulses_is_named_when_none_comes_any_more() -> None:
    pulse = _pulse(*(Leg(name=name, state="ok") for name in LEGS))
    soon, late = _AT + timedelta(minutes=14), _AT + timedelta(minutes=16)
    assert judge(pulse, at=soon, alive=True, silent_part="worker").dead is None
    assert judge(pulse, at=late, alive=True, silent_part="worker").dead == "worker"
    assert judge(pulse, at=soon, alive=False, silent_part="gateway").dead == "gateway"
    assert judge(None, at=soon, alive=True, silent_part="worker").dead is None


def test_uids_are_fixed_for_a_gateway_and_differ_between_two() -> None:
    made = [pulse_uid(gateway, what) for gateway in ("a", "b") for what in ("study", "document")]
    assert len(set(made)) == 4
    assert made[0] == pulse_uid("a", "study")
    assert all(is_well_formed(uid) for uid in made)
