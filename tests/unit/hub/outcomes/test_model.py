"""When a report counts as read, done, and overlooked."""

from datetime import UTC, datetime, timedelta

import pytest

from dokuei.errors import RequestError
from dokuei.hub.outcomes.model import LONGEST_NOTE, Mark, Outcome, Overdue, Signed, State, checked_note, in_order

_AT = datetime(2026, 11, 1, tzinfo=UTC)
_MARK = Mark("p", _AT, "言った")


def outcome(item: str = "1", *, opened: bool = False, acted: bool = False, important: bool = False) -> Outcome:
    return Outcome(
        Signed(item, "kita", "1.2.3", 1, _AT),
        (_MARK,) if opened else (),
        _MARK if acted else None,
        _MARK if important else None,
    )


def test_who_acts_has_read() -> None:
    assert outcome().state is State.UNREAD
    assert outcome(opened=True).state is State.READ
    assert outcome(acted=True).state is State.DONE


@pytest.mark.parametrize(
    ("made", "days", "overdue"),
    [
        (outcome(), 2.9, None),
        (outcome(), 3.1, Overdue.UNREAD),
        (outcome(important=True), 1.1, Overdue.UNREAD),
        (outcome(opened=True), 100, None),
        (outcome(opened=True, important=True), 13, None),
        (outcome(opened=True, important=True), 15, Overdue.UNDONE),
        (outcome(acted=True, important=True), 100, None),
    ],
)
def test_what_stays_too_long_is_somebodys_to_look_after(made: Outcome, days: float, overdue: Overdue | None) -> None:
    """REPORT-13: an important finding must be opened within a day and acted on within two weeks."""
    assert made.overdue(moment=_AT + timedelta(days=days)) is overdue


def test_what_must_be_looked_after_stands_first() -> None:
    listed = in_order(
        [
            outcome("done", acted=True, important=True),
            outcome("read", opened=True),
            outcome("important", opened=True, important=True),
            outcome("unread"),
        ],
        moment=_AT + timedelta(days=4),
    )
    assert [one.signed.worklist_item_id for one in listed] == ["important", "unread", "read", "done"], (
        "nobody was called about it"
    )


def test_notes_are_text_that_can_be_shown() -> None:
    assert checked_note("  患者へ説明\n組織診を予約　", demanded=True) == "患者へ説明\n組織診を予約"
    assert not checked_note("", demanded=False)
    for wrong in ("", "  ", "a" * (LONGEST_NOTE + 1), "a\x00b", "a\x1b[31m"):
        with pytest.raises(RequestError):
            checked_note(wrong, demanded=True)
