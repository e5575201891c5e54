"""What may be told of an object that is taken as it is: fixed sentences, so that none can ever name a patient."""

from typing import Final, Literal, get_args

Oddity = Literal[
    "no transfer syntax is named; it was recognised from the data set itself",
    "the data set is not encoded as its transfer syntax says; it was read as it is",
    "the end of a sequence stands outside any sequence",
    "the data set is followed by padding",
    "data elements are not in ascending order",
    "some data elements have no value representation in an explicit data set",
    "the file meta information names another SOP Instance UID",
    "sop_class_uid is not well-formed",
    "sop_instance_uid is not well-formed",
    "study_instance_uid is not well-formed",
    "series_instance_uid is not well-formed",
    "Patient ID is empty",
    "Patient ID is ill-formed",
    "Specific Character Set has a term that is not known",
    "Patient's Name holds bytes that its character set does not explain",
    "Study Date is ill-formed",
    "Series Date is ill-formed",
    "Acquisition Date is ill-formed",
    "Content Date is ill-formed",
    "Patient's Birth Date is ill-formed",
    "Study Time is ill-formed",
    "Series Time is ill-formed",
    "Acquisition Time is ill-formed",
    "Number of Frames is not positive",
]
ODDITIES: Final[tuple[Oddity, ...]] = get_args(Oddity)
