"""Taking a roster into a batch: line by line, each whole or not at all, and the same roster twice changes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.hub.identity.model import Principal
from dokuei.hub.screening import store
from dokuei.hub.screening.model import Batch, Entry, Examinee, LineOutcome, Refusal, RosterOutcome
from dokuei.hub.screening.neighbours import Requests
from dokuei.hub.screening.roster import Read, read_roster
from dokuei.spreadsheet import Encoding
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_AT_ONCE: Final = 50
Lines = tuple[tuple[int, Examinee | LineOutcome], ...]


@dataclass(frozen=True)
class Taking:
    """The two verbs on a roster: look what would be taken, and take it."""

    database: Database
    requests: Requests

    def preview(self, batch: Batch, data: bytes, *, encoding: Encoding) -> RosterOutcome:
        """What would become of each line; nothing is written.

        Raises:
            RequestError: nothing of the file can be read.
        """
        read = self._read(batch, data, encoding)
        with self.database.read() as connection:
            outcomes = tuple(one for one, _ in self._judged(connection, batch, read.lines))
        return _outcome(outcomes, read, taken=False)

    def take(self, principal: Principal, batch: Batch, data: bytes, *, encoding: Encoding) -> RosterOutcome:
        """Ask for a reading of everybody who can be taken, some at once, so that images are not kept waiting.

        Cut off in the middle, the same roster goes on where it ended.

        Raises:
            RequestError: nothing of the file can be read.
            ForbiddenError: no contract covers today, or the site names patients by pseudonyms alone.
        """
        read = self._read(batch, data, encoding)
        self.requests.demand_allowed(batch.site_id)
        with self.database.read() as connection:
            whole = self._judged(connection, batch, read.lines)  # what is twice in the file shows in the whole alone
        outcomes: list[LineOutcome] = []
        for at in range(0, len(whole), _AT_ONCE):
            some = whole[at : at + _AT_ONCE]
            wanted = tuple((one.number, known) for one, known in some if one.outcome == "taken" and known is not None)
            done = self._take_some(principal, batch, wanted) if wanted else {}
            outcomes += [done.get(one.number, one) for one, _ in some]
        return _outcome(outcomes, read, taken=True)

    def _take_some(self, principal: Principal, batch: Batch, lines: Lines) -> Mapping[int, LineOutcome]:
        with self.database.begin() as connection:
            self.requests.hold(connection, batch.site_id)
            number = store.last_number(connection, batch.batch_id)
            found = {}
            for outcome, examinee in self._judged(connection, batch, lines):
                found[outcome.number] = outcome
                if outcome.outcome != "taken" or examinee is None:
                    continue
                number += 1
                request_id = self.requests.place(
                    connection, batch, examinee, actor=principal.actor, name=principal.display_name
                )
                new = Entry(batch.batch_id, batch.site_id, number, examinee, request_id, now())
                store.add_entry(connection, new)
            counts = Counter(one.outcome for one in found.values())
            if counts["taken"]:
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="roster.taken",
                    site_id=batch.site_id,
                    subject=batch.batch_id,
                    details={"taken": counts["taken"]},
                )
        return found

    def _read(self, batch: Batch, data: bytes, encoding: Encoding) -> Read:
        return read_roster(
            data,
            encoding=encoding,
            examined_on=f"{batch.plan.held_on:%Y%m%d}",
            number_needed=batch.plan.accession_is_exam_number,
            days=self.requests.day,
        )

    def _judged(
        self, connection: Connection, batch: Batch, lines: Lines
    ) -> tuple[tuple[LineOutcome, Examinee | None], ...]:
        meant = [(n, with_accession(batch, one) if isinstance(one, Examinee) else one) for n, one in lines]
        examinees = [one for _, one in meant if isinstance(one, Examinee)]
        keys = {one.key for one in examinees}
        wanted = {one.accession_number for one in examinees if one.accession_number}
        numbers = self.requests.taken_numbers(connection, batch.site_id, wanted)
        before = _Before(batch, store.known(connection, batch.site_id, keys), set(numbers))
        found: list[tuple[LineOutcome, Examinee | None]] = []
        for number, said in meant:
            if isinstance(said, LineOutcome):
                found.append((said, None))
                continue
            outcome = LineOutcome(number, "taken", said.exam_number, said.name or said.kana or said.romaji)
            found.append((before.held_against(outcome, said), said))
        return tuple(found)


@dataclass(frozen=True)
class _Before:
    """What stands against a line: who is in a batch already, the lines above it, and accession numbers in use."""

    batch: Batch
    known: Mapping[str, Entry]
    numbers: set[str]
    above: dict[str, Examinee] = field(default_factory=dict)

    def held_against(self, outcome: LineOutcome, one: Examinee) -> LineOutcome:
        there, earlier = self.known.get(one.key), self.above.setdefault(one.key, one)
        if there is not None and there.batch_id != self.batch.batch_id:
            return replace(outcome, outcome="refused", reason="other_batch")
        if there is not None or earlier is not one:
            fields = one.differs_from(earlier if there is None else there.examinee)
            reason: Refusal = "twice_in_file" if there is None else "changed"
            return replace(outcome, outcome="refused", reason=reason, fields=fields) if fields else _known(outcome)
        if one.accession_number in self.numbers:
            return replace(outcome, outcome="refused", reason="accession_taken", fields=("accession_number",))
        self.numbers.update({one.accession_number} - {""})
        return outcome


def _known(outcome: LineOutcome) -> LineOutcome:
    return replace(outcome, outcome="known")


def with_accession(batch: Batch, one: Examinee) -> Examinee:
    """The line as the batch means it: with the examination number where images carry that."""
    if not batch.plan.accession_is_exam_number or one.accession_number:
        return one
    return replace(one, accession_number=one.exam_number)


def _outcome(outcomes: Iterable[LineOutcome], read: Read, *, taken: bool) -> RosterOutcome:
    lines = tuple(outcomes)
    counts = {name: sum(one.outcome == name for one in lines) for name in ("taken", "known", "refused")}
    return RosterOutcome(taken, lines, read.ignored, counts)
