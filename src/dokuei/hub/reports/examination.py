"""The category of an examination, which is that of the worse breast, and the edition that categories are from."""

from collections.abc import Iterable, Mapping
from typing import Any

from dokuei.hub.reports.lexicon import lexicon
from dokuei.hub.reports.structure import NOT_APPLICABLE, Structure


def worst_of(scale: str, categories: Iterable[str]) -> str:
    """The worst of some categories of one scale (REPORT-08); empty where one lacks, NA where none applies."""
    given = tuple(categories)
    if "" in given or scale not in lexicon().scales:
        return ""
    order: list[str] = lexicon().scales[scale]["severity"]
    return max((one for one in given if one in order), key=order.index, default=NOT_APPLICABLE)


def written_edition(structure: Structure) -> dict[str, str] | None:
    """Name and words of the edition as JSON; None where nothing is judged by one."""
    edition = lexicon().scales.get(structure.scale, {}).get("edition")
    return None if edition is None else dict(edition)


def edition_of(document: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Of a signed version; documents of before it was written in have none."""
    return document.get("scale_edition")
