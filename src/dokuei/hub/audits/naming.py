"""From an entry's identifiers to names: people, programs, sites, and the patient as the archive knows them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.dicom.audit_events import meaning_of
from dokuei.hub.audits.model import Actor, Line, PatientShown
from dokuei.hub.audits.neighbours import Gateways, Patients, StudyKey
from dokuei.hub.identity import store_access, store_people
from dokuei.storage.audit import Entry

_PERSON_ID = re.compile("[0-9a-f]{32}")
_UID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_ABOUT_STUDIES = frozenset({"study", "case", "report", "instances", "manifest", "signature", "request", "message"})

SiteNames = Callable[[Connection], Mapping[str, str]]


@dataclass(frozen=True)
class Naming:
    """Resolves the names of some entries with one question to each neighbour."""

    patients: Patients
    gateways: Gateways
    site_names: SiteNames

    def lines(self, connection: Connection, entries: Sequence[Entry]) -> tuple[Line, ...]:
        """The entries with names; what is not known any more stands by its identifier."""
        actors = self._actors(connection, entries)
        studies = {key for entry in entries if (key := study_of(entry)) is not None}
        patients = self.patients.of_studies(connection, studies)
        sites = self.site_names(connection)
        return tuple(_line(entry, actors, patients, sites) for entry in entries)

    def _actors(self, connection: Connection, entries: Iterable[Entry]) -> dict[str, Actor]:
        named = {entry.actor for entry in entries}
        named |= {f"person:{entry.subject}" for entry in entries if _PERSON_ID.fullmatch(entry.subject or "")}
        ids = {kind: {one.partition(":")[2] for one in named if one.startswith(f"{kind}:")} for kind in _KINDS}
        found = {
            f"person:{one.person_id}": Actor(f"person:{one.person_id}", one.user_name, one.display_name)
            for one in store_people.some(connection, ids["person"])
        }
        if ids["token"]:
            labels = {token.token_id: token.label for token in store_access.tokens(connection)}
            found |= _labelled("token", ids["token"], labels)
        if ids["gateway"]:
            found |= _labelled("gateway", ids["gateway"], self.gateways(connection, ids["gateway"]))
        return found


_KINDS = ("person", "token", "gateway")


def study_of(entry: Entry) -> StudyKey | None:
    """The study that an entry is about, where it is about one."""
    if entry.site_id is None or entry.subject is None or entry.event.partition(".")[0] not in _ABOUT_STUDIES:
        return None
    return (entry.site_id, entry.subject) if _UID.fullmatch(entry.subject) else None


def _labelled(kind: str, wanted: Iterable[str], labels: Mapping[str, str]) -> dict[str, Actor]:
    return {f"{kind}:{one}": Actor(f"{kind}:{one}", "", labels.get(one, "")) for one in wanted}


def _line(
    entry: Entry, actors: Mapping[str, Actor], patients: Mapping[StudyKey, PatientShown], sites: Mapping[str, str]
) -> Line:
    study = study_of(entry)
    whom = actors.get(f"person:{entry.subject}")
    site_id = entry.site_id or ""
    return Line(
        sequence=entry.sequence,
        at=entry.at,
        actor=actors.get(entry.actor, Actor(entry.actor)),
        event=entry.event,
        group=meaning_of(entry.event).group,
        site_id=site_id,
        site_name=sites.get(site_id, site_id),
        subject=entry.subject or "",
        subject_name="" if whom is None else whom.display_name,
        is_study=study is not None,
        patient=None if study is None else patients.get(study),
        details=entry.details,
    )
