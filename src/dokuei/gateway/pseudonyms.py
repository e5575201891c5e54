"""How patients are named toward the hub, as the site has chosen: by their true identity or by pseudonyms of our key.

The choice is made at the hub and told with each heartbeat; the key, and who stands behind a pseudonym, never leave.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from dokuei.clock import now
from dokuei.dicom.admit import admission
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.profile import Profile
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import ConfigurationError
from dokuei.gateway import pseudonym_tables
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.pseudonym_tables import Patient
from dokuei.settings import Settings
from dokuei.storage.db import Database
from dokuei.storage.pki import alone_in, write_secret
from dokuei.transfer.protocol import IdentityMode

TRUE: Final = "true"
_KEY_BYTES: Final = 32
_REFERRING_PHYSICIAN: Final = 0x00080090


@dataclass(frozen=True)
class Naming:
    """How objects are coded now; ``label`` is written beside each, so that a change codes those that wait anew."""

    label: str
    deidentification: Deidentification | None

    @property
    def identity_mode(self) -> IdentityMode:
        """As the hub calls it."""
        return "true" if self.deidentification is None else "pseudonym"


def naming_of(settings: Settings) -> Callable[[], Naming]:
    """What the site wants, asked anew each time: the choice may change while the worker runs."""
    profile = Profile(**settings.gateway.pseudonyms.model_dump())
    identity = identity_of(settings.home)

    def ask() -> Naming:
        enrolment = identity.read()
        if enrolment is None or enrolment.identity_mode == "true":
            return Naming(TRUE, None)
        return _under_pseudonyms(profile, open_key(settings.home))

    return ask


def _under_pseudonyms(profile: Profile, key: bytes) -> Naming:
    """The label tells options and keys apart, and gives neither away."""
    told = json.dumps(asdict(profile), sort_keys=True).encode()
    return Naming(
        f"pseudonym {hashlib.sha256(told + hashlib.sha256(key).digest()).hexdigest()}",
        Deidentification(profile, Pseudonyms(key)),
    )


def open_key(home: Path) -> bytes:
    """The key of all pseudonyms of this gateway, made where there is none yet (mode 600).

    Raises:
        ConfigurationError: it is not whole.
    """
    file = home / "gateway" / "identity" / "pseudonyms.key"
    with alone_in(file.parent):
        if not file.exists():
            write_secret(file, secrets.token_bytes(_KEY_BYTES))
        key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"{file.name} is not whole",
            phase="naming patients",
            remedy="put it back from a backup: with another key, studies sent before have other pseudonyms",
        )
    return key


def note_patient(database: Database, source: Path, pseudonyms: Pseudonyms, coded_study_instance_uid: str) -> None:
    """Remember who stands behind a pseudonymous study, from the first object of it, before it can leave.

    Raises:
        AdmissionError: the object cannot be read.
    """
    with database.read() as connection:
        if pseudonym_tables.find(connection, coded_study_instance_uid) is not None:
            return
    with admission(source) as true:
        identity = true.admitted.identity
        patient = Patient(
            study_instance_uid=identity.study_instance_uid,
            patient_id=identity.patient_id,
            issuer_of_patient_id=identity.issuer_of_patient_id,
            patient_name=identity.patient_name,
            patient_birth_date=identity.patient_birth_date,
            patient_sex=identity.patient_sex,
            study_date=identity.study_date,
            study_time=identity.study_time,
            study_id=identity.study_id,
            accession_number=identity.accession_number,
            referring_physician=true.data_set.text(_REFERRING_PHYSICIAN),
        )
    pseudonym = pseudonyms.patient(patient.patient_id, patient.issuer_of_patient_id, patient.study_instance_uid)
    with database.begin() as connection:
        pseudonym_tables.note(connection, coded_study_instance_uid, pseudonym=pseudonym, patient=patient, at=now())


def heed(home: Path, wanted: IdentityMode) -> None:
    """Take over what the site has chosen at the hub."""
    identity = identity_of(home)
    enrolment = identity.demand()
    if enrolment.identity_mode != wanted:
        identity.write(replace(enrolment, identity_mode=wanted))
