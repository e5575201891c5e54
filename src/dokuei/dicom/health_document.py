"""The heartbeat's document as a DICOM object: under fixed UIDs, marked as a test, and never a report (PS3.3 A.45.1)."""

from datetime import datetime

from dokuei.dicom.encapsulated_pdf import encapsulated_pdf
from dokuei.dicom.report_header import Placement, StudyHeader, part10

_TITLE = "動作確認（報告書ではありません） System test, not a report"


def health_document(pdf: bytes, *, study_instance_uid: str, made_at: datetime) -> bytes:
    """A Part 10 file; the same UIDs each time, so that a PACS that replaces objects keeps one."""
    header = StudyHeader(
        study_instance_uid=study_instance_uid,
        patient_id="DOKUEI-TEST-PATIENT",
        issuer_of_patient_id="DOKUEI-PHANTOM",
        patient_name="TEST^PATIENT=試験^患者=しけん^かんじゃ",
        patient_birth_date="19700101",
        patient_sex="F",
        study_date="19700101",
        study_time="000000",
        accession_number="SYSTEM-TEST",
        referring_physician="",
        study_description="動作確認（患者ではありません） SYSTEM TEST, NO PATIENT",
    )
    placement = Placement(f"{study_instance_uid}.1"[:64], f"{study_instance_uid}.1.1"[:64], 1, made_at)
    made = encapsulated_pdf(pdf, header=header, placement=placement, title=_TITLE, sources=())
    made.SeriesDescription = "動作確認 SYSTEM TEST"
    made.VerificationFlag = "UNVERIFIED"
    made.ConceptNameCodeSequence = []
    return part10(made)
