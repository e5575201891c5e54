"""Earlier studies of a patient: what the hospital's PACS says it has, and how far each is on its way to the hub.

The gateway tells its ledger patient by patient, each time whole; the hub answers what it has already, and for whom
somebody has asked at the hub itself.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from dokuei.transfer.orders import Day, Short
from dokuei.transfer.protocol import Message, Uid

PRIORS_PATH = "/gateway/v1/priors"

PriorState = Literal["exists", "requested", "arrived", "refused"]
SearchState = Literal["waiting", "answered", "failing"]
Number = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(max_length=500)]


class ToldPrior(Message):
    """One earlier study by the names that the hub knows it by; ``reason`` holds no patient data."""

    study_instance_uid: Uid
    state: PriorState
    instances: int = Field(0, ge=0, le=1_000_000)
    study_date: Day = ""
    modalities: list[Annotated[str, StringConstraints(max_length=16)]] = Field(default_factory=list, max_length=50)
    study_description: Short = ""
    reason: Reason = ""


class ToldSearch(Message):
    """What the PACS said of one patient; ``others`` counts answers that named somebody else, and were refused.

    ``version`` grows with each change: an older word never replaces a newer one.
    """

    patient_id: Number
    issuer_of_patient_id: Short = ""
    state: SearchState
    version: int = Field(ge=1)
    at: AwareDatetime
    others: int = Field(0, ge=0)
    reason: Reason = ""
    studies: list[ToldPrior] = Field(default_factory=list, max_length=500)


class ToldPriors(Message):
    """Ledgers that have changed; none: only what the hub wants is asked."""

    searches: list[ToldSearch] = Field(default_factory=list, max_length=20)


class WantedPriors(Message):
    """Somebody asked at the hub (portal, FHIR, roster) for a reading of this patient."""

    patient_id: Number
    issuer_of_patient_id: Short = ""
    birth_date: Day = ""
    sex: Literal["M", "F", "O", ""] = ""
    study_instance_uid: Uid | None = None
    modality: Annotated[str, StringConstraints(max_length=16)] = ""
    examination_date: Day = ""


class HeardPriors(Message):
    """Which of the told studies are whole at the hub already, and whose priors somebody waits for."""

    held: list[Uid] = Field(default_factory=list, max_length=10_000)
    wanted: list[WantedPriors] = Field(default_factory=list, max_length=100)
