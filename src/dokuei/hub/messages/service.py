"""The verbs on threads: ask, answer, waive, tick off, read; nothing that was said is ever changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People
from dokuei.hub.messages import model, store
from dokuei.hub.messages.attaching import Attaching
from dokuei.hub.messages.mail import Mailer
from dokuei.hub.messages.model import Attachment, CallBack, Case, Draft, Message, Seen, Side, State, Waiting, Written
from dokuei.hub.messages.neighbours import Cases
from dokuei.hub.messages.nudging import MESSAGE_WRITTEN, Nudging
from dokuei.storage import outbox
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, MINUTE, Lately


@dataclass(frozen=True)
class Thread:
    """A case's thread as one person has it."""

    case: Case
    messages: tuple[Message, ...]
    seen: tuple[Seen, ...]
    draft: Draft | None
    unsent: tuple[Attachment, ...]
    names: Mapping[str, str]
    person_id: str
    may_write: bool
    may_sign: bool

    @property
    def read_up_to(self) -> int:
        """The number of the last message that this person has seen."""
        return next((one.number for one in self.seen if one.person_id == self.person_id), 0)


@dataclass(frozen=True)
class MessagesService:
    """Everything about threads goes through here."""

    database: Database
    people: People
    cases: Cases
    attaching: Attaching
    nudging: Nudging
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)
    saved: Lately = field(default_factory=lambda: Lately(MINUTE), repr=False)

    def thread(self, principal: Principal, item_id: str) -> Thread:
        """A case's thread; that it was looked at is noted once an hour (LOG-01).

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.database.read() as connection:
            sites = principal.sites_with(Permission.READ_MESSAGES)
            thread = self._thread(connection, principal, self.cases.thread_of(connection, item_id, site_ids=sites))
        if thread.messages and not self.looked.holds(principal.actor, item_id):
            with self.database.begin() as connection:
                _note(connection, principal, "messages.read", thread.case, number=thread.messages[-1].number)
            self.looked.keep(principal.actor, item_id)
        return thread

    def write(self, principal: Principal, item_id: str, written: Written) -> Thread:
        """Add a message to a case's thread; the same message sent again changes nothing.

        Raises:
            NotFoundError, ForbiddenError: no such case at a site of theirs, or no right to write there.
            RequestError: a message that says nothing, or does not fit together.
            ConflictError: an answer to what is no question, or a thread without end.
        """
        written = model.checked(written, moment=now())
        with self.database.begin() as connection:
            case = self._writable(connection, principal, item_id)
            if not self._is_there(connection, principal, case, written):
                self._add(connection, principal, case, written)
            return self._thread(connection, principal, case)

    def waive(self, principal: Principal, item_id: str, message_id: str, reason: str) -> Thread:
        """Let a question go unanswered, for a reason that stays with it.

        Raises:
            NotFoundError, ForbiddenError: no such question there, or not this person's to waive.
            RequestError: no reason.
            ConflictError: it is answered or waived already.
        """
        reason = model.checked_reason(reason)
        with self.database.begin() as connection:
            case = self._writable(connection, principal, item_id)
            question = model.demand_question(store.find(connection, case, message_id))
            may_sign = principal.may(Permission.SIGN_REPORT, case.site_id)
            model.demand_may_waive(question, person_id=principal.person_id or "", may_sign=may_sign)
            self._settle(connection, principal, case, question, "waived", reason=reason)
            return self._thread(connection, principal, case)

    def finish(self, principal: Principal, item_id: str, message_id: str) -> Thread:
        """Tick off what was to be done about a message.

        Raises:
            NotFoundError, ForbiddenError: no such message there, or no right to write there.
            ConflictError: nothing is open about it, or it holds a signature.
        """
        with self.database.begin() as connection:
            case = self._writable(connection, principal, item_id)
            found = model.demand_open(store.find(connection, case, message_id), phase="finishing a to-do")
            model.demand_may_be_done(found)
            self._settle(connection, principal, case, found, "done")
            return self._thread(connection, principal, case)

    def mark_seen(self, principal: Principal, item_id: str, message_id: str) -> Thread:
        """This person has read the thread as far as this message.

        Raises:
            NotFoundError: no such message in a case of theirs.
        """
        with self.database.begin() as connection:
            sites = principal.sites_with(Permission.READ_MESSAGES)
            case = self.cases.thread_of(connection, item_id, site_ids=sites, lock=True)
            found = model.demand_message(store.find(connection, case, message_id))
            if store.mark_seen(connection, case, person_id=principal.person_id or "", number=found.number):
                _note(connection, principal, "messages.seen", case, number=found.number)
            return self._thread(connection, principal, case)

    def save_draft(self, principal: Principal, item_id: str, content: str) -> None:
        """Keep what this person is writing, so that a page that is loaded again has it.

        Raises:
            NotFoundError, ForbiddenError: no such case at a site of theirs, or no right to write there.
        """
        with self.database.begin() as connection:
            case = self._writable(connection, principal, item_id)
            store.save_draft(connection, case, person_id=principal.person_id or "", content=content, at=now())
            is_fresh = not self.saved.holds(principal.actor, item_id)
            if is_fresh:
                _note(connection, principal, "message.draft-saved", case)
        if is_fresh:
            self.saved.keep(principal.actor, item_id)

    def waiting(self, principal: Principal, item_ids: Collection[str] | None = None) -> dict[str, Waiting]:
        """Counts of what waits for somebody in the threads that they may read; no text, so that nothing is noted."""
        sites = principal.sites_with(Permission.READ_MESSAGES)
        with self.database.read() as connection:
            return store.waiting(connection, person_id=principal.person_id or "", site_ids=sites, item_ids=item_ids)

    def holds_signing(self, connection: Connection, item_id: str) -> bool:
        """Whether a question of this case must be answered or waived before its report is signed."""
        return store.holds_signing(connection, item_id)

    def called_back(self, connection: Connection, item_id: str) -> bool:
        """Whether somebody was called about this case."""
        return store.called_back(connection, item_id)

    def last_calls(
        self, connection: Connection, item_ids: Collection[str], *, confirmed: bool = False
    ) -> dict[str, CallBack]:
        """The latest call about each case, inside another slice's transaction; who asks has seen to access."""
        return store.last_calls(connection, item_ids, confirmed=confirmed)

    def _writable(self, connection: Connection, principal: Principal, item_id: str) -> Case:
        case = self.cases.thread_of(connection, item_id, site_ids=principal.site_ids, lock=True)
        principal.demand(Permission.WRITE_MESSAGES, case.site_id)
        return case

    def _is_there(self, connection: Connection, principal: Principal, case: Case, written: Written) -> bool:
        """Whether this very message came before, over a line that lost the answer."""
        if not store.is_taken(connection, written.message_id):
            return False
        known = store.find(connection, case, written.message_id)
        if known is None or known.author_id != principal.person_id or known.text != written.text:
            raise ConflictError("another message has this name", phase="writing a message", remedy="send it anew")
        return True

    def _add(self, connection: Connection, principal: Principal, case: Case, written: Written) -> None:
        number = store.next_number(connection, case)
        model.demand_room(number)
        person_id = principal.person_id or ""
        model.demand_mine(store.attachments(connection, case), written.attachments, person_id=person_id)
        if written.corrects is not None:
            model.demand_own(store.find(connection, case, written.corrects), person_id=person_id)
        question = None
        if written.answers is not None:
            question = model.demand_question(store.find(connection, case, written.answers))
        store.add(
            connection,
            case,
            written,
            number=number,
            side=_side(principal, case),
            author_id=person_id,
            author_name=principal.display_name,
        )
        store.save_draft(connection, case, person_id=person_id, content="", at=now())
        _note_written(connection, principal, case, written, number)
        if self.nudging.on:
            told = {
                "worklist_item_id": case.worklist_item_id,
                "site_id": case.site_id,
                "message_id": written.message_id,
            }
            outbox.put(connection, MESSAGE_WRITTEN, told)
        if question is not None and question.to_do.state == "open":
            self._settle(connection, principal, case, question, "answered")

    def _settle(
        self,
        connection: Connection,
        principal: Principal,
        case: Case,
        found: Message,
        state: State,
        *,
        reason: str = "",
    ) -> None:
        if not store.settle(connection, found.message_id, state, by=principal.person_id or "", reason=reason):
            raise ConflictError(
                "nothing is open about this message", phase="settling a message", remedy="load the thread again"
            )
        _note(connection, principal, f"message.{state}", case, message_id=found.message_id)

    def _thread(self, connection: Connection, principal: Principal, case: Case) -> Thread:
        messages = store.thread(connection, case)
        seen = store.seen_by(connection, case)
        person_id = principal.person_id or ""
        settled = {one.to_do.by for one in messages if one.to_do.by}
        return Thread(
            case=case,
            messages=messages,
            seen=seen,
            draft=store.draft_of(connection, case, person_id=person_id),
            unsent=tuple(
                one
                for one in store.attachments(connection, case)
                if one.message_id is None and one.stored_by == person_id
            ),
            names=self.people.names({*settled, *(one.person_id for one in seen)}),
            person_id=person_id,
            may_write=principal.may(Permission.WRITE_MESSAGES, case.site_id),
            may_sign=principal.may(Permission.SIGN_REPORT, case.site_id),
        )


def messages_service(
    database: Database, blobs: Blobs, *, people: People, cases: Cases, mailer: Mailer | None = None, hub_url: str = ""
) -> MessagesService:
    """Wire messages from their parts; without a mailer nobody is nudged."""
    nudging = Nudging(database, people.access, cases, mailer, hub_url)
    return MessagesService(database, people, cases, Attaching(database, blobs, cases), nudging)


def _side(principal: Principal, case: Case) -> Side:
    """Who writes reports there speaks for the reading centre, everybody else for the hospital."""
    return "centre" if principal.may(Permission.WRITE_REPORT, case.site_id) else "site"


def _note_written(connection: Connection, principal: Principal, case: Case, written: Written, number: int) -> None:
    _note(
        connection,
        principal,
        "message.written",
        case,
        message_id=written.message_id,
        number=number,
        kind=written.kind.value,
        holds_signing=written.blocks_signing,
        attachments=len(written.attachments),
    )


def _note(connection: Connection, principal: Principal, event: str, case: Case, **more: Detail) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=case.site_id,
        subject=case.study_instance_uid,
        details={"worklist_item_id": case.worklist_item_id, **more},
    )
