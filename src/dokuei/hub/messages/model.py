"""What is said about a case: messages that never change, and what is still to be done about them."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final, Literal

from dokuei.errors import ConflictError, ForbiddenError, NotFoundError, RequestError, TooLargeError, UnsupportedError

LONGEST_TEXT: Final = 10_000
LONGEST_NAME: Final = 200
LARGEST_ATTACHMENT: Final = 20 << 20
MOST_ATTACHMENTS: Final = 20
MOST_MESSAGES: Final = 1000
UNREAD_FOR: Final = timedelta(days=30)
"""What nobody opened for so long is no news any more; an open question stays one (ADR 90)."""
_AHEAD: Final = timedelta(minutes=5)
_PHASE: Final = "writing a message"

State = Literal["none", "open", "answered", "waived", "done"]
Side = Literal["centre", "site"]


class MessageKind(StrEnum):
    """What a message is for (連絡, 質問, 回答, 電話連絡)."""

    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"
    CALL_BACK = "call_back"


@dataclass(frozen=True)
class Case:
    """What messages need to know of a case; ``holders`` have it in hand."""

    worklist_item_id: str
    site_id: str
    study_instance_uid: str
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallBack:
    """Somebody was called: who, where, when, and whether they read back what they were told."""

    person: str
    number: str
    at: datetime
    read_back: bool


@dataclass(frozen=True)
class Written:
    """What somebody wants to say; ``message_id`` is the writer's own, so that sending it again says nothing twice."""

    message_id: str
    kind: MessageKind
    text: str
    blocks_signing: bool = False
    to_do: bool = False
    answers: str | None = None
    corrects: str | None = None
    call_back: CallBack | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message; ``message_id`` is None until it is sent."""

    attachment_id: str
    site_id: str
    worklist_item_id: str
    message_id: str | None
    file_name: str
    media_type: str
    size: int
    sha256: str
    blob_key: str
    stored_by: str
    stored_at: datetime


@dataclass(frozen=True)
class ToDo:
    """What is still to be done about a message, or who saw to it and when."""

    state: State
    by: str | None = None
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Message:
    """One message; nothing of it changes once it is written, only what is to be done about it."""

    message_id: str
    worklist_item_id: str
    number: int
    kind: MessageKind
    side: Side
    text: str
    author_id: str
    author_name: str
    written_at: datetime
    blocks_signing: bool
    answers: str | None
    corrects: str | None
    call_back: CallBack | None
    to_do: ToDo
    attachments: tuple[Attachment, ...] = ()

    @property
    def holds_signing(self) -> bool:
        """Whether this is a question that nobody has answered or waived yet, and the report waits for it."""
        return self.blocks_signing and self.to_do.state == "open"


@dataclass(frozen=True)
class Draft:
    """What somebody is writing and has not sent, as the page keeps it: its shape is the page's business."""

    content: str
    updated_at: datetime


@dataclass(frozen=True)
class Seen:
    """How far somebody has read a thread."""

    person_id: str
    number: int
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """What of one case's thread waits for somebody: unread messages, and whether a question is open."""

    worklist_item_id: str
    unread: int = 0
    open_question: bool = False
    holds_signing: bool = False


def checked(written: Written, *, moment: datetime) -> Written:
    """What somebody wrote, if it says something and fits together.

    Raises:
        RequestError: with the reason.
    """
    text = checked_text(written.text, phase=_PHASE)
    question = written.kind is MessageKind.QUESTION
    wrong = None
    if not text:
        wrong = "the message says nothing"
    elif written.blocks_signing and not question:
        wrong = "only a question can hold the signature"
    elif (written.call_back is not None) is not (written.kind is MessageKind.CALL_BACK):
        wrong = "who was called belongs to a call back, and to nothing else"
    elif (written.answers is not None) is not (written.kind is MessageKind.ANSWER):
        wrong = "an answer answers a question, and nothing else does"
    elif len(set(written.attachments)) != len(written.attachments) or len(written.attachments) > MOST_ATTACHMENTS:
        wrong = f"more than {MOST_ATTACHMENTS} attachments, or one twice"
    if wrong:
        raise RequestError(wrong, phase=_PHASE)
    call_back = None if written.call_back is None else _checked_call(written.call_back, moment)
    return replace(written, text=text, call_back=call_back, to_do=written.to_do or question)


def checked_text(text: str, *, phase: str, longest: int = LONGEST_TEXT) -> str:
    """A text without control characters, and not without end.

    Raises:
        RequestError: with the reason.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise RequestError(f"more than {longest} characters", phase=phase)
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in text):
        raise RequestError("control characters in the text", phase=phase)
    return text


def _checked_call(call: CallBack, moment: datetime) -> CallBack:
    person = checked_text(call.person, phase=_PHASE, longest=LONGEST_NAME)
    number = checked_text(call.number, phase=_PHASE, longest=LONGEST_NAME)
    if not person or not number:
        raise RequestError("a call back names who was called, and the number or extension", phase=_PHASE)
    if call.at.tzinfo is None or call.at > moment + _AHEAD:
        raise RequestError("the call is in the future, or its time names no zone", phase=_PHASE)
    return replace(call, person=person, number=number)


def demand_room(number: int) -> None:
    """Refuse a thread without end.

    Raises:
        ConflictError: so many messages are there already.
    """
    if number > MOST_MESSAGES:
        raise ConflictError(f"more than {MOST_MESSAGES} messages on one case", phase=_PHASE)


def checked_reason(reason: str) -> str:
    """Why a question needs no answer.

    Raises:
        RequestError: nothing was said, or too much.
    """
    reason = checked_text(reason, phase="waiving a question", longest=LONGEST_NAME * 5)
    if not reason:
        raise RequestError("a question is waived for a reason", phase="waiving a question")
    return reason


def demand_message(message: Message | None) -> Message:
    """A message of this case.

    Raises:
        NotFoundError: there is none of this name.
    """
    if message is None:
        raise NotFoundError("no such message", phase="reading a message")
    return message


def demand_question(message: Message | None) -> Message:
    """The question that an answer is for.

    Raises:
        NotFoundError: no such message in this case.
        ConflictError: it is no question.
    """
    message = demand_message(message)
    if message.kind is not MessageKind.QUESTION:
        raise ConflictError("this message is no question", phase=_PHASE)
    return message


def demand_own(message: Message | None, *, person_id: str) -> Message:
    """The message that another corrects: only its author's, and it stays as it is.

    Raises:
        NotFoundError: no such message in this case.
        ForbiddenError: somebody else wrote it.
    """
    message = demand_message(message)
    if message.author_id != person_id:
        raise ForbiddenError("somebody else wrote this message", phase="correcting a message")
    return message


def demand_open(message: Message | None, *, phase: str) -> Message:
    """A message about which something is still to be done.

    Raises:
        NotFoundError: no such message in this case.
        ConflictError: nothing is to be done about it, or somebody has.
    """
    message = demand_message(message)
    if message.to_do.state != "open":
        raise ConflictError("nothing is open about this message", phase=phase, remedy="load the thread again")
    return message


def demand_may_waive(message: Message, *, person_id: str, may_sign: bool) -> None:
    """A question is waived by who asked it, or by somebody who may sign there: the report is theirs to answer for.

    Raises:
        ForbiddenError: neither.
    """
    if message.author_id != person_id and not may_sign:
        raise ForbiddenError("only who asked, or who may sign, waives a question", phase="waiving a question")


def demand_may_be_done(message: Message) -> None:
    """What holds a signature is answered or waived with a reason, never just ticked off.

    Raises:
        ConflictError: it does.
    """
    if message.blocks_signing:
        raise ConflictError(
            "this question holds the signature",
            phase="finishing a to-do",
            remedy="answer it, or waive it with a reason",
        )


_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def media_type_of(data: bytes) -> str:
    """What an attachment is, by its first bytes and nobody's word.

    Raises:
        RequestError: nothing came.
        TooLargeError: more than is taken.
        UnsupportedError: neither PDF nor PNG nor JPEG.
    """
    phase = "attaching a file"
    if not data:
        raise RequestError("the file is empty", phase=phase)
    if len(data) > LARGEST_ATTACHMENT:
        raise TooLargeError(f"the file is larger than {LARGEST_ATTACHMENT >> 20} MB", phase=phase)
    for magic, media_type in _MAGIC:
        if data.startswith(magic):
            return media_type
    raise UnsupportedError("the file is neither PDF nor PNG nor JPEG", phase=phase, remedy="attach one of these")


def plain_file_name(name: str) -> str:
    """The name without folders or control characters, and not without end; its ending stays."""
    plain = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").replace("\\", "/")
    plain = PurePosixPath(plain).name.strip().lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) < LONGEST_NAME // 2:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:LONGEST_NAME] or "attachment"


def demand_mine(found: Iterable[Attachment], wanted: Iterable[str], *, person_id: str) -> None:
    """Only files that this person brought to this case, and that went with no message yet, go with a new one.

    Raises:
        RequestError: at least one is not such a file.
    """
    mine = {one.attachment_id for one in found if one.stored_by == person_id and one.message_id is None}
    if not set(wanted) <= mine:
        raise RequestError("an attachment is not here", phase=_PHASE, remedy="attach the file again")
