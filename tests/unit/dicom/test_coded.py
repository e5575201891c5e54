"""What the two programs say about a coded object."""

import dataclasses
import json

from dokuei.dicom.coded import CodedFrame, CodedInstance, LossyHistory

FRAME = CodedFrame(1000, 200, "ab" * 32, "pixels", (20, 50, 200))
INSTANCE = CodedInstance(
    sop_instance_uid="1.2.3",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.4",
    series_instance_uid="1.2.2",
    study_instance_uid="1.2.1",
    source_transfer_syntax_uid="1.2.840.10008.1.2.1",
    transfer_syntax_uid="1.2.840.10008.1.2.4.202",
    source_sha256="cd" * 32,
    sha256="ef" * 32,
    size=1300,
    content_digest="01" * 32,
    frames=(FRAME,),
    proof="proved",
    reason="",
    lossy=None,
)


def test_a_coded_instance_survives_json() -> None:
    for lossy in (None, LossyHistory(("ISO_10918_1",), (9.5,))):
        instance = dataclasses.replace(INSTANCE, lossy=lossy)
        assert CodedInstance.from_json(json.loads(json.dumps(instance.to_json()))) == instance
