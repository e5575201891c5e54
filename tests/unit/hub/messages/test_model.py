"""What may be said, what is still to be done about it, and what may go with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import (
    ConflictError,
    DokueiError,
    ForbiddenError,
    NotFoundError,
    RequestError,
    TooLargeError,
    UnsupportedError,
)
from dokuei.hub.messages import model
from dokuei.hub.messages.model import Attachment, CallBack, Message, MessageKind, ToDo, Written

AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
CALL = CallBack("看護師 佐々木", "内線 1234", AT, read_back=True)
NOTE = Written("0" * 32, MessageKind.NOTE, "了解しました。")


def message(**changed: object) -> Message:
    made = Message(
        message_id="a" * 32,
        worklist_item_id="i" * 32,
        number=1,
        kind=MessageKind.QUESTION,
        side="centre",
        text="前回の画像はありますか。",
        author_id="asker",
        author_name="田中",
        written_at=AT,
        blocks_signing=True,
        answers=None,
        corrects=None,
        call_back=None,
        to_do=ToDo("open"),
    )
    return replace(made, **changed)  # type: ignore[arg-type] # a table of changes


def attachment(**changed: object) -> Attachment:
    made = Attachment("f" * 32, "kita", "i" * 32, None, "依頼.pdf", "application/pdf", 1, "0", "key", "asker", AT)
    return replace(made, **changed)  # type: ignore[arg-type] # a table of changes


def test_a_question_is_always_to_be_done_and_a_note_only_where_its_writer_says_so() -> None:
    question = replace(NOTE, kind=MessageKind.QUESTION, blocks_signing=True)
    assert model.checked(question, moment=AT).to_do
    assert not model.checked(NOTE, moment=AT).to_do
    assert model.checked(replace(NOTE, to_do=True), moment=AT).to_do


@pytest.mark.parametrize(
    "changed",
    [
        {"text": " \n\t"},
        {"text": "x" * (model.LONGEST_TEXT + 1)},
        {"text": "bell \a"},
        {"text": "half a pair \ud83d"},
        {"blocks_signing": True},
        {"call_back": CALL},
        {"kind": MessageKind.CALL_BACK},
        {"kind": MessageKind.ANSWER},
        {"answers": "a" * 32},
        {"attachments": ("a", "a")},
        {"attachments": tuple(str(n) for n in range(model.MOST_ATTACHMENTS + 1))},
        {"kind": MessageKind.CALL_BACK, "call_back": replace(CALL, person=" ")},
        {"kind": MessageKind.CALL_BACK, "call_back": replace(CALL, number="")},
        {"kind": MessageKind.CALL_BACK, "call_back": replace(CALL, at=AT + timedelta(hours=1))},
        {"kind": MessageKind.CALL_BACK, "call_back": replace(CALL, at=AT.replace(tzinfo=None))},
    ],
)
def test_what_says_nothing_or_does_not_fit_together_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        model.checked(replace(NOTE, **changed), moment=AT)  # type: ignore[arg-type] # a table of changes


@given(st.text(max_size=300))
def test_a_text_stays_as_it_was_typed_but_for_blanks_around_it(text: str) -> None:
    try:
        kept = model.checked_text(text, phase="test")
    except RequestError:
        return
    assert kept == text.replace("\r\n", "\n").strip()


def test_a_call_back_names_who_was_called_where_and_when() -> None:
    kept = model.checked(
        replace(NOTE, kind=MessageKind.CALL_BACK, call_back=replace(CALL, person=" 佐々木 ")), moment=AT
    )
    assert kept.call_back == replace(CALL, person="佐々木")


def test_only_an_open_question_that_blocks_holds_a_signature() -> None:
    assert message().holds_signing
    assert not message(blocks_signing=False).holds_signing
    for state in ("answered", "waived"):
        assert not message(to_do=ToDo(state)).holds_signing


def test_a_question_that_blocks_is_never_just_ticked_off() -> None:
    with pytest.raises(ConflictError, match="holds the signature"):
        model.demand_may_be_done(message())
    model.demand_may_be_done(message(blocks_signing=False))


def test_a_question_is_waived_by_who_asked_it_or_may_sign() -> None:
    model.demand_may_waive(message(), person_id="asker", may_sign=False)
    model.demand_may_waive(message(), person_id="other", may_sign=True)
    with pytest.raises(ForbiddenError):
        model.demand_may_waive(message(), person_id="other", may_sign=False)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 1001])
def test_a_question_is_waived_for_a_reason(reason: str) -> None:
    with pytest.raises(RequestError):
        model.checked_reason(reason)


def test_only_a_question_is_answered_and_only_what_is_there() -> None:
    assert model.demand_question(message()) == message()
    with pytest.raises(ConflictError):
        model.demand_question(message(kind=MessageKind.NOTE))
    with pytest.raises(NotFoundError):
        model.demand_question(None)


def test_what_is_settled_is_not_settled_again() -> None:
    assert model.demand_open(message(), phase="test").to_do.state == "open"
    for state in ("none", "done", "answered", "waived"):
        with pytest.raises(ConflictError):
            model.demand_open(message(to_do=ToDo(state)), phase="test")


def test_somebody_corrects_only_their_own_words() -> None:
    assert model.demand_own(message(), person_id="asker")
    with pytest.raises(ForbiddenError):
        model.demand_own(message(), person_id="other")


def test_a_thread_has_an_end() -> None:
    model.demand_room(model.MOST_MESSAGES)
    with pytest.raises(ConflictError):
        model.demand_room(model.MOST_MESSAGES + 1)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(data: bytes, media_type: str) -> None:
    assert model.media_type_of(data) == media_type


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", RequestError),
        (b"<html><script>", UnsupportedError),
        (b" %PDF-1.7", UnsupportedError),
        (b"GIF89a", UnsupportedError),
        (b"\x89PNG", UnsupportedError),
        (b"%PDF-" + bytes(model.LARGEST_ATTACHMENT), TooLargeError),
    ],
)
def test_anything_else_is_refused(data: bytes, error: type[DokueiError]) -> None:
    with pytest.raises(error):
        model.media_type_of(data)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("依頼書.pdf", "依頼書.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\folder\\検査.png", "検査.png"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("...", "attachment"),
        ("", "attachment"),
        ("/", "attachment"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_file_name_is_a_name_and_no_way(name: str, plain: str) -> None:
    assert model.plain_file_name(name) == plain


@given(st.text(max_size=400))
def test_a_file_name_fits_and_holds_no_folder(name: str) -> None:
    plain = model.plain_file_name(name)
    assert 0 < len(plain) <= model.LONGEST_NAME
    assert "/" not in plain
    assert not plain.startswith(".")


def test_only_ones_own_unsent_files_go_with_a_message() -> None:
    model.demand_mine([attachment()], ["f" * 32], person_id="asker")
    for found in ([], [attachment(stored_by="other")], [attachment(message_id="a" * 32)]):
        with pytest.raises(RequestError):
            model.demand_mine(found, ["f" * 32], person_id="asker")
