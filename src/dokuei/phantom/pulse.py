"""The test patient's image, with which health is proven: small, noisy, new each time, and nobody's."""

import hashlib
from datetime import datetime
from pathlib import Path

import numpy as np

from dokuei.phantom.headers import Equipment, Patient, Series, Study, describe_pixels, instance, write

TEST_PATIENT_ID = "DOKUEI-TEST-PATIENT"
_MAMMOGRAM = "1.2.840.10008.5.1.4.1.1.1.2"
_SIDE = 128
_BITS = 12
_NAME = "TEST^PATIENT=試験^患者=しけん^かんじゃ"


def make_pulse(path: Path, *, study_instance_uid: str, sop_instance_uid: str, at: datetime) -> bytes:
    """Write one object, clearly marked as nobody's, and return its pixels as stored."""
    patient = Patient(TEST_PATIENT_ID, _NAME, "19700101", 50.0, 1.6)
    second = at.hour * 3600 + at.minute * 60 + at.second
    study = Study(
        key="pulse",
        patient=patient,
        date=at.strftime("%Y%m%d"),
        second=second,
        description="動作確認（患者ではありません） SYSTEM TEST, NO PATIENT",
        accession_number="SYSTEM-TEST",
    )
    equipment = Equipment("dokuei", "pulse", "0", "1", "DOKUEI")
    made = instance(Series(study, 1, "MG", "SYSTEM TEST", equipment), _MAMMOGRAM, 1)
    made.StudyInstanceUID, made.SOPInstanceUID = study_instance_uid, sop_instance_uid
    made.SeriesInstanceUID = f"{study_instance_uid}.1"[:64]
    del made.IssuerOfPatientID  # the order names none either
    made.PresentationIntentType = "FOR PRESENTATION"
    made.ImageLaterality, made.ViewPosition = "R", "CC"
    describe_pixels(made, _SIDE, _SIDE, bits=_BITS)
    seed = int.from_bytes(hashlib.sha256(sop_instance_uid.encode()).digest()[:8], "big")
    pixels = np.random.default_rng(seed).integers(0, 1 << _BITS, (_SIDE, _SIDE), dtype=np.uint16)
    write(made, path, [pixels])
    return pixels.astype("<u2").tobytes()
