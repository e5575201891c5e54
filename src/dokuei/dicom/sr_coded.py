"""Findings as coded content items, so that a program reads what a person reads (PS3.16 TID 2000, PS3.3 A.35.2.3.1)."""

from collections.abc import Sequence
from typing import Any

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    ContentSequence,
    ImageContentItem,
    NumContentItem,
    RelationshipTypeValues,
    TextContentItem,
)

from dokuei.dicom.coded_content import CodedItem, Concept, Seen

_LONGEST_MEANING = 64


def coded_item(
    item: CodedItem, relationship: RelationshipTypeValues = RelationshipTypeValues.CONTAINS
) -> CodeContentItem | TextContentItem | NumContentItem:
    """One item with everything below it."""
    made = _bare(item, relationship)
    below: list[Any] = [coded_item(one, RelationshipTypeValues.HAS_CONCEPT_MOD) for one in item.modifiers]
    below += [coded_item(one, RelationshipTypeValues.HAS_PROPERTIES) for one in item.properties]
    below += [_image(one) for one in item.images]
    if below:
        made.ContentSequence = ContentSequence(below)
    return made


def coded_items(items: Sequence[CodedItem]) -> list[CodeContentItem | TextContentItem | NumContentItem]:
    """The items of a section."""
    return [coded_item(one) for one in items]


def _bare(item: CodedItem, relationship: RelationshipTypeValues) -> CodeContentItem | TextContentItem | NumContentItem:
    name = _concept(item.name)
    if isinstance(item.value, Concept):
        return CodeContentItem(name, _concept(item.value), relationship)
    if isinstance(item.value, str):
        return TextContentItem(name, item.value, relationship)
    return NumContentItem(name, item.value, _concept(item.unit), relationship_type=relationship)


def _image(seen: Seen) -> ImageContentItem:
    return ImageContentItem(
        CodedConcept(value="121324", scheme_designator="DCM", meaning="Source image"),
        seen.sop_class_uid,
        seen.sop_instance_uid,
        referenced_frame_numbers=None if seen.frame is None else [seen.frame],
        relationship_type=RelationshipTypeValues.INFERRED_FROM,
    )


def _concept(concept: Concept) -> CodedConcept:
    return CodedConcept(
        value=concept.value, scheme_designator=concept.scheme, meaning=concept.meaning[:_LONGEST_MEANING]
    )
