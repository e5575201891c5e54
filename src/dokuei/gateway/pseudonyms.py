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


def identity_mode(settings: Settings) -> IdentityMode | None:
    """How patients are named toward the hub now: as the site chose there, unless the hospital requires pseudonyms.

    ``None`` where the gateway is not enrolled, and nothing can be sent.
    """
    if settings.gateway.pseudonyms.required:
        return "pseudonym"
    enrolment = identity_of(settings.home).read()
    return None if enrolment is None else enrolment.identity_mode


def naming_of(settings: Settings, database: Database) -> Callable[[], Naming]:
    """What the site wants, asked anew each time: the choice may change while the worker runs."""
    profile = Profile(**settings.gateway.pseudonyms.model_dump(exclude={"required"}))

    def ask() -> Naming:
        if identity_mode(settings) != "pseudonym":
            return Naming(TRUE, None)
        return _under_pseudonyms(profile, open_key(settings.home, database))

    return ask


def _under_pseudonyms(profile: Profile, key: bytes) -> Naming:
    """The label tells options and keys apart, and gives neither away."""
    told = json.dumps(asdict(profile), sort_keys=True).encode()
    return Naming(
        f"pseudonym {hashlib.sha256(told + hashlib.sha256(key).digest()).hexdigest()}",
        Deidentification(profile, Pseudonyms(key)),
    )


def open_key(home: Path, database: Database) -> bytes:
    """The key of all pseudonyms of this gateway (mode 600), made where no study has gone out under one yet.

    Raises:
        ConfigurationError: it is not whole, or gone.
    """
    file = home / "gateway" / "identity" / "pseudonyms.key"
    with alone_in(file.parent):
        if not file.exists():
            with database.read() as connection:
                if pseudonym_tables.is_used(connection):
                    raise _no_key(f"{file.name} is gone")
            write_secret(file, secrets.token_bytes(_KEY_BYTES))
        key = file.read_bytes()
    if len(key) != _KEY_BYTES:
        raise _no_key(f"{file.name} is not whole")
    return key


def _no_key(what: str) -> ConfigurationError:
    return ConfigurationError(
        what,
        phase="naming patients",
        remedy="put it back from a backup: with another key, studies sent before have other pseudonyms",
    )


def note_patient(database: Database, source: Path, pseudonyms: Pseudonyms, coded_study_instance_uid: str) -> None:
    """Remember who stands behind a pseudonym in a study, from the first object of it, before it can leave.

    Raises:
        AdmissionError: the object cannot be read.
    """
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
    with database.read() as connection:
        if pseudonym_tables.find(connection, coded_study_instance_uid, pseudonym) is not None:
            return
    with database.begin() as connection:
        pseudonym_tables.note(connection, coded_study_instance_uid, pseudonym=pseudonym, patient=patient, at=now())


def heed(home: Path, wanted: IdentityMode | None) -> None:
    """Take over what the site has chosen at the hub; no word changes nothing."""
    identity = identity_of(home)
    enrolment = identity.demand()
    if wanted is not None and enrolment.identity_mode != wanted:
        identity.write(replace(enrolment, identity_mode=wanted))
