"""Orders under pseudonyms: numbers become what the images' numbers become; what a person wrote freely stays here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.settings import PseudonymSettings
from dokuei.transfer.orders import (
    Order,
    OrderedCode,
    OrderedName,
    OrderedPatient,
    OrderNotice,
    PatientCorrection,
)

_FREE_TEXT: Final = ("reason", "clinical_information", "requesting_physician", "requesting_department")


@dataclass(frozen=True)
class Told:
    """A notice as the hub may know it, and which of the hospital's words were held back."""

    notice: OrderNotice
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderPseudonyms:
    """``issuer_in_images``: images name PID-3's assigning authority, so that their pseudonyms depend on it."""

    pseudonyms: Pseudonyms
    settings: PseudonymSettings
    issuer_in_images: bool

    def told(self, notice: OrderNotice) -> Told:
        """The notice with pseudonyms in the place of everything that names somebody."""
        order, correction = notice.order, notice.correction
        return Told(
            notice.model_copy(
                update={
                    "message_key": self.key(notice.message_key),
                    "order": None if order is None else self._order(order),
                    "correction": None if correction is None else self._correction(correction),
                }
            ),
            () if order is None else _withheld(order),
        )

    def key(self, message_key: str) -> str:
        """A message's key from which nobody can tell whether a guessed message is that one."""
        digest, _, number = message_key.partition("/")
        return f"{self.pseudonyms.sha256(digest)}/{number}"

    def _order(self, order: Order) -> Order:
        who = self._patient(order.patient)
        number = self.pseudonyms.accession_number
        return Order(
            action=order.action,
            placer_order_number=number(order.placer_order_number),
            filler_order_number=number(order.filler_order_number),
            accession_number=number(order.accession_number),
            study_instance_uid=self._uid(order.study_instance_uid),
            worklist_study_instance_uid=self._uid(order.worklist_study_instance_uid),
            patient=who,
            procedure=OrderedCode(value=order.procedure.value, scheme=order.procedure.scheme),
            modality=order.modality,
            kind=order.kind,
            examination_date=self._day(order.examination_date, who.patient_id),
            priority=order.priority,
        )

    def _uid(self, study_instance_uid: str | None) -> str | None:
        return None if study_instance_uid is None else self.pseudonyms.uid(study_instance_uid)

    def _correction(self, correction: PatientCorrection) -> PatientCorrection:
        prior = correction.prior_patient_id
        return PatientCorrection(
            action=correction.action,
            patient=self._patient(correction.patient),
            prior_patient_id=self._pseudonym(prior, correction.prior_issuer_of_patient_id) if prior else "",
        )

    def _patient(self, patient: OrderedPatient) -> OrderedPatient:
        """As the images say it: the pseudonym is number and name, and no birth date."""
        pseudonym = self._pseudonym(patient.patient_id, patient.issuer_of_patient_id)
        return OrderedPatient(
            patient_id=pseudonym,
            name=OrderedName(alphabetic=pseudonym),
            sex=patient.sex if self.settings.patient_characteristics else "",
        )

    def _pseudonym(self, patient_id: str, issuer: str) -> str:
        return self.pseudonyms.patient(patient_id, issuer if self.issuer_in_images else "", "")

    def _day(self, day: str, pseudonym: str) -> str:
        if not day or self.settings.dates == "remove":
            return ""
        if self.settings.dates == "keep":
            return day
        moved = datetime.strptime(day, "%Y%m%d") - timedelta(days=self.pseudonyms.days(pseudonym))  # noqa: DTZ007 - a day has no zone
        return moved.strftime("%Y%m%d")


def _withheld(order: Order) -> tuple[str, ...]:
    """Which fields held something that is not told: free text may name the patient, a person, a place."""
    held = [name for name in _FREE_TEXT if getattr(order, name)]
    held += ["procedure.meaning"] if order.procedure.meaning else []
    return (*held, "attachments") if order.attachments else tuple(held)
