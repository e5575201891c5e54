"""What a coded content item says, before it is one: names, codes, lengths, and the frames that show it (PS3.3 8.8)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """A code with its meaning (PS3.3 8.8)."""

    scheme: str
    value: str
    meaning: str


MILLIMETRE = Concept("UCUM", "mm", "millimeter")
PERCENT = Concept("UCUM", "%", "percent")


@dataclass(frozen=True)
class Seen:
    """A frame (from 1) on which a finding is seen; ``frame`` is None where the object has only one."""

    sop_class_uid: str
    sop_instance_uid: str
    frame: int | None


@dataclass(frozen=True)
class CodedItem:
    """A name and what is said of it: a code, a text, or a figure in its UCUM unit; then its properties and images."""

    name: Concept
    value: Concept | str | float
    modifiers: tuple["CodedItem", ...] = ()
    properties: tuple["CodedItem", ...] = ()
    images: tuple[Seen, ...] = ()
    unit: Concept = MILLIMETRE


LATERALITY = Concept("SCT", "272741003", "Laterality")
RIGHT = Concept("SCT", "24028007", "Right")
LEFT = Concept("SCT", "7771000", "Left")
