"""A certification covers one exact version."""

from dataclasses import replace

import pytest

from dokuei.clock import now
from dokuei.errors import RequestError
from dokuei.hub.certification.model import Certification, checked

CERTIFIED = Certification("1", "304ABBZX00001000", "製造販売 株式会社", "0.1.0", now(), "person:1")


@pytest.mark.parametrize(("running", "covered"), [("0.1.0", True), ("0.1.1", False), ("0.1", False), ("", False)])
def test_any_other_version_is_not_covered(running: str, *, covered: bool) -> None:
    """OPS-14: the notice comes back with another version."""
    assert CERTIFIED.covers(running) is covered


def test_a_withdrawn_one_covers_nothing() -> None:
    assert not replace(CERTIFIED, withdrawn_at=now()).covers("0.1.0")


@pytest.mark.parametrize(
    "wanting", [replace(CERTIFIED, number=" "), replace(CERTIFIED, holder=""), replace(CERTIFIED, version="\t")]
)
def test_a_record_without_one_of_its_parts_is_refused(wanting: Certification) -> None:
    checked(CERTIFIED)
    with pytest.raises(RequestError):
        checked(wanting)
