"""What FHIR asks of requests, answered without the slices seeing one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.dicom.coded_content import Concept
from dokuei.hub.fhir.model import (
    Asked,
    AskedVersion,
    Former,
    Name,
    Order,
    Patient,
    Stand,
    Taken,
    Wanted,
)
from dokuei.hub.requests import exchange, store_studies, store_versions
from dokuei.hub.requests import model as asking
from dokuei.hub.requests.identities import key_of
from dokuei.hub.requests.notices import Ordered
from dokuei.hub.requests.placing import Author
from dokuei.hub.requests.service import RequestsService
from dokuei.storage.paging import Place, Span

_SEXES: dict[str, asking.Sex] = {"M": "M", "F": "F", "O": "O"}
_KINDS: dict[str, asking.Kind] = {one: one for one in ("screening", "diagnostic", "second_reading", "consultation")}
_PRIORITIES: dict[str, asking.Priority] = {"routine": "routine", "high": "high", "urgent": "urgent"}


@dataclass(frozen=True)
class FhirRequests:
    """FHIR asks for and places reading requests."""

    requests: RequestsService

    def take(
        self,
        site_id: str,
        orders: Sequence[Order],
        *,
        actor: str,
        name: str,
        keep: Callable[[Connection, int, Taken], None],
    ) -> tuple[Taken, ...]:
        """Take all or none of some orders.

        Raises:
            DokueiError: with the reason.
        """
        said = [
            exchange.Said(
                Ordered(one.action, _content(one.asked)), one.request_id, one.expected_version, one.expected_steps
            )
            for one in orders
        ]

        def kept(connection: Connection, place: int, taken: exchange.Taken) -> None:
            keep(connection, place, _taken(connection, taken))

        done = self.requests.exchange.take(site_id, said, source="fhir", author=Author(actor, name), keep=kept)
        with self.requests.database.read() as connection:
            return tuple(_taken(connection, one) for one in done)

    def note_refusal(self, site_id: str, because: str, *, actor: str, name: str) -> None:
        """Put on record that an order was refused."""
        self.requests.exchange.note_refusal(site_id, because, source="fhir", author=Author(actor, name))

    def found(self, connection: Connection, site_id: str, wanted: Wanted, *, at_most: int) -> tuple[AskedVersion, ...]:
        """Requests, what changed last first unless another order is wanted."""
        sought = store_versions.Sought(
            request_ids=wanted.ids,
            patient_keys=wanted.patient_ids,
            numbers=wanted.numbers,
            changed=span_of(wanted),
            by_placed=wanted.by_placed,
        )
        found = store_versions.changed_lately(connection, site_id, sought, at_most=at_most)
        return tuple(_asked_version(one) for one in found)

    def history(self, connection: Connection, site_id: str, request_id: str) -> tuple[AskedVersion, ...]:
        """All versions of one, the latest first."""
        return tuple(_asked_version(one) for one in store_versions.history(connection, site_id, request_id))

    def keys_of(self, connection: Connection, site_id: str, patient_id: str) -> frozenset[str]:
        """Every folded spelling under which a patient of this ID is known."""
        return store_studies.one_person(connection, site_id, key_of(patient_id))

    def key_of(self, patient_id: str) -> str:
        """One spelling of a patient ID to search by."""
        return key_of(patient_id)

    def patient(self, connection: Connection, site_id: str, patient_key: str) -> Patient | None:
        """Whom a folded ID means."""
        found = store_versions.patient_of(connection, site_id, patient_key)
        return None if found is None else _patient(found)

    def formerly(self, connection: Connection, site_id: str, patient_key: str) -> tuple[Former, ...]:
        """Whom the hospital called that patient before, the first first."""
        return tuple(_former(one) for one in store_versions.formerly(connection, site_id, patient_key))


def span_of(wanted: Wanted) -> Span:
    """Which moments are wanted, and in which order."""
    beyond = None if wanted.beyond is None else Place(*wanted.beyond)
    return Span(wanted.since, wanted.until, beyond, wanted.ascending)


def _content(asked: Asked) -> asking.Content:
    return asking.Content(
        priority=_PRIORITIES[asked.priority],
        accession_number=asked.accession_number,
        issuer_of_accession_number=asked.issuer_of_accession_number,
        placer_order_number=asked.placer_order_number,
        filler_order_number=asked.filler_order_number,
        patient=asking.Patient(
            patient_id=asked.patient.patient_id,
            issuer_of_patient_id=asked.patient.issuer_of_patient_id,
            name=asking.Name(
                asked.patient.name.alphabetic, asked.patient.name.ideographic, asked.patient.name.phonetic
            ),
            birth_date=asked.patient.birth_date,
            sex=_SEXES.get(asked.patient.sex, ""),
        ),
        modality=asked.modality,
        kind=_KINDS.get(asked.kind, ""),
        examination_date=asked.examination_date,
        procedure=asking.Code(asked.procedure.value, asked.procedure.scheme, asked.procedure.meaning),
        requesting_physician=asked.requesting_physician,
        requesting_department=asked.requesting_department,
        clinical=asking.Clinical(reason=asked.reason, history=asked.history),
        study_instance_uid=asked.study_instance_uid,
    )


def _taken(connection: Connection, taken: exchange.Taken) -> Taken:
    known = taken.request
    standing = next(iter(store_versions.history(connection, known.site_id, known.request_id)))
    return Taken(_asked_version(standing), taken.outcome, taken.after_signature)


def _asked_version(standing: store_versions.Standing) -> AskedVersion:
    known, content = standing.request, standing.request.content
    return AskedVersion(
        request_id=known.request_id,
        site_id=known.site_id,
        version=known.version,
        at=standing.at,
        placed_at=known.placed_at,
        canceled=known.state == "canceled",
        asked=Asked(
            patient=_patient(content.patient),
            priority=content.priority,
            accession_number=content.accession_number,
            issuer_of_accession_number=content.issuer_of_accession_number,
            placer_order_number=content.placer_order_number,
            filler_order_number=content.filler_order_number,
            modality=content.modality,
            kind=content.kind,
            examination_date=content.examination_date,
            procedure=Concept(content.procedure.scheme, content.procedure.value, content.procedure.meaning),
            requesting_physician=content.requesting_physician,
            requesting_department=content.requesting_department,
            reason=content.clinical.reason,
            history=content.clinical.history,
            study_instance_uid=content.study_instance_uid,
        ),
        former=tuple(_former(one) for one in known.former),
        stand=_stand(standing),
        steps=standing.steps,
    )


def _stand(standing: store_versions.Standing) -> Stand:
    known, progress = standing.request, standing.progress
    if known.state == "canceled":
        return Stand("revoked", "canceled", known.canceled_because)
    return Stand(progress.status, progress.because, progress.reason, progress.until)


def _former(known: asking.Former) -> Former:
    return Former(_patient(known.patient), known.until, known.changed_by, known.because)


def _patient(known: asking.Patient) -> Patient:
    name = known.name
    return Patient(
        patient_id=known.patient_id,
        issuer_of_patient_id=known.issuer_of_patient_id,
        name=Name(name.alphabetic, name.ideographic, name.phonetic),
        birth_date=known.birth_date,
        sex=known.sex,
    )
