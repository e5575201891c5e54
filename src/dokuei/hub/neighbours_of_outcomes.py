"""What became of reports asks whose cases they are and how grave, and messages for somebody who carries mail."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from dokuei.hub.messages.service import MessagesService
from dokuei.hub.outcomes.model import Ground, Signed
from dokuei.hub.outcomes.service import CaseFacts
from dokuei.hub.reports import store as reports_store
from dokuei.hub.reports.checks import is_suspicious
from dokuei.hub.worklist import store_lists
from dokuei.hub.worklist.service import WorklistService

_OUT_TO_THE_HOSPITAL = frozenset({"sole", "arbiter"})
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True)
class ListedCases:
    """Lists of reports ask the worklist whose they are."""

    worklist: WorklistService

    def facts(self, item_ids: Iterable[str], *, site_ids: Collection[str]) -> dict[str, CaseFacts]:
        """Cases of those sites by id; others are left out."""
        found = {}
        for item_id, study in self.worklist.studies(item_ids, site_ids=site_ids).items():
            name = study.patient_name
            found[item_id] = CaseFacts(
                site_id=study.site_id,
                study_instance_uid=study.study_instance_uid,
                patient_id=study.patient_id,
                patient_name=_written(name.ideographic or name.alphabetic),
                patient_name_kana=_written(name.phonetic),
                study_date=study.study_date,
                modalities=study.modalities,
                accession_number=study.accession_number,
                referring_physician=_written(study.referring_physician),
            )
        return found


def _written(group: str) -> str:
    """One component group of a name as people write it (PS3.5 6.2.1)."""
    return " ".join(part for part in group.replace("=", "^").split("^") if part)


@dataclass(frozen=True)
class GraveCases:
    """Which reports must not stay unread; what a signed version says is remembered, since it never changes."""

    suspicious: dict[tuple[str, int], bool] = field(default_factory=dict, repr=False)

    def of(self, connection: Connection, versions: Collection[Signed]) -> dict[str, frozenset[Ground]]:
        """By case: whether its category is 4 or more, and whether it is urgent."""
        found: dict[str, frozenset[Ground]] = {}
        ids = [one.worklist_item_id for one in versions]
        sites = {one.site_id for one in versions}
        urgent = store_lists.urgent_of(connection, ids, site_ids=sites)
        for one in versions:
            grounds = {Ground.URGENT} if one.worklist_item_id in urgent else set()
            if self._is_suspicious(connection, one):
                grounds.add(Ground.CATEGORY)
            found[one.worklist_item_id] = frozenset(grounds)
        return found

    def _is_suspicious(self, connection: Connection, one: Signed) -> bool:
        key = (one.worklist_item_id, one.number)
        if key not in self.suspicious:
            if len(self.suspicious) >= _MOST_REMEMBERED:
                self.suspicious.clear()
            self.suspicious[key] = _says_so(connection, one)
        return self.suspicious[key]


def _says_so(connection: Connection, one: Signed) -> bool:
    for report in reports_store.of_case(connection, one.worklist_item_id):
        if report.role in _OUT_TO_THE_HOSPITAL:
            for kept in reports_store.versions(connection, report.report_id):
                if kept.signed.number == one.number:
                    return is_suspicious(reports_store.content_of(kept.signed))
    return False


@dataclass(frozen=True)
class EscalationMail:
    """A mail to whoever answers for unread reports, at the address that they gave for nudges."""

    messages: MessagesService

    def tell(self, person_id: str, item_id: str) -> bool:
        """Tell somebody that a report waits, without a word about it; False where they want no mail.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self.messages.nudging.tell_unread_report(person_id, item_id)


@dataclass(frozen=True)
class CommunicationMail:
    """A mail to whom an overdue communication is put before, at the address that they gave for nudges."""

    messages: MessagesService

    def tell(self, person_id: str, item_id: str) -> bool:
        """Tell somebody that a finding is not acknowledged, without a word about it; False where they want no mail.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self.messages.nudging.tell_overdue_communication(person_id, item_id)
