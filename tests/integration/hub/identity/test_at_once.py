"""Two administrators who record the same thing at one moment: both are heard, and what one of them said holds."""

from dataclasses import replace
from functools import partial

from dokuei.hub.identity.model import CentreRules
from dokuei.hub.identity.signing_certificate import given_certificate
from tests.makers.at_once import together
from tests.makers.hpki import HpkiAuthority
from tests.makers.people import LICENSED, READER_OF_KITA, SmallHub

ROUNDS = 10


def test_rules_of_the_centre_that_two_set_at_once_are_those_of_one_of_them(either_hub: SmallHub) -> None:
    """AUTH-02: what was set is on record twice, and each time against what held before."""
    rules = either_hub.identity.rules
    lengths = [(12 + number, 40 + number) for number in range(ROUNDS)]
    for pair in lengths:
        together(
            *(partial(rules.put, CentreRules(password_length=length), actor=f"person:{length}") for length in pair)
        )
        assert rules.present().password_length in pair
    assert either_hub.events().count("centre.rules-set") == 2 * ROUNDS


def test_a_qualification_that_two_record_at_once_is_that_of_one_of_them(either_hub: SmallHub) -> None:
    """JRS-01: none of the two is lost to the other's haste, and the trail has both."""
    person = either_hub.person("reader.a", READER_OF_KITA)
    qualifications = either_hub.identity.qualifications
    for number in range(ROUNDS):
        seen = [replace(LICENSED, licence_number=f"{number}{one}") for one in ("1", "2")]
        together(*(partial(qualifications.record, person.person_id, one, actor="person:x") for one in seen))
        assert qualifications.of(person.person_id) in seen
    assert either_hub.events().count("qualification.recorded") == 1 + 2 * ROUNDS


def test_a_certificate_that_two_record_at_once_for_two_people_is_one_persons(either_hub: SmallHub) -> None:
    """REC-17: the other administrator is told whose it is not, and nothing breaks off."""
    qualifications = either_hub.identity.qualifications
    people = [either_hub.person(name, READER_OF_KITA).person_id for name in ("reader.a", "reader.b")]
    certificate = given_certificate(HpkiAuthority().card().pem)
    for _ in range(ROUNDS):
        acts = (partial(qualifications.bind, one, certificate, compared=True, actor="person:x") for one in people)
        assert sorted(together(*acts)) == ["conflict", "done"]
        (holder,) = (one for one in people if qualifications.certificate(one) == certificate)
        qualifications.unbind(holder, actor="person:x")
    assert either_hub.events().count("qualification.certificate-recorded") == ROUNDS
