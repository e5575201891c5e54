"""What contradicts itself in a breast MRI by its purpose: T, N and response against what was measured (UICC 8th)."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from dokuei.hub.reports.lexicon import figure_of, lexicon
from dokuei.hub.reports.response import diameters, response_of
from dokuei.hub.reports.structure import SIDES, Side, Structure

_SIZES_OF_T = {
    "T0": (0.0, 0.0),
    "T1": (0.0, 20.0),
    "T1mi": (0.0, 1.0),
    "T1a": (1.0, 5.0),
    "T1b": (5.0, 10.0),
    "T1c": (10.0, 20.0),
    "T2": (20.0, 50.0),
    "T3": (50.0, float("inf")),
}
"""Above the first, up to the second, in mm."""
_CHEST_WALL, _SKIN, _INFLAMMATORY = frozenset({"T4a", "T4c"}), frozenset({"T4b", "T4c"}), "T4d"
_NOTHING_TO_SAY = frozenset({"", "TX"})
_AXILLARY = ("node_level_1", "node_level_2")
_INFRACLAVICULAR, _INTERNAL, _SUPRACLAVICULAR = "node_level_3", "node_internal_mammary", "node_supraclavicular"
_STATIONS = (*_AXILLARY, _INFRACLAVICULAR, _INTERNAL, _SUPRACLAVICULAR)


def contradictions(structure: Structure) -> Iterator[tuple[str, str]]:
    """Each check with what it is about: a fact's name, or a finding."""
    purpose = structure.facts.get("purpose", "")
    if structure.method != "MR":
        return
    if purpose == "extent":
        yield from chain.from_iterable(_of_stage(structure, side) for side in SIDES)
    if purpose == "response":
        yield from _of_response(structure)


def fitting_n(suspicious: Collection[str]) -> frozenset[str]:
    """The clinical N that nodes suspected at these stations leave open."""
    axillary = any(one in suspicious for one in _AXILLARY)
    if _SUPRACLAVICULAR in suspicious:
        return frozenset({"N3c"})
    if _INFRACLAVICULAR in suspicious:
        return frozenset({"N3a", "N3b"} if axillary and _INTERNAL in suspicious else {"N3a"})
    if _INTERNAL in suspicious:
        return frozenset({"N3b"} if axillary else {"N2b"})
    return frozenset({"N1", "N2a"} if axillary else {"N0"})


def _of_stage(structure: Structure, side: Side) -> Iterator[tuple[str, str]]:
    given = {name.removesuffix(f"_{side}"): value for name, value in structure.facts.items() if name.endswith(side)}
    figures = {name: _figure(structure, f"{name}_{side}", value) for name, value in given.items()}
    stage, extent = given.get("clinical_t", ""), figures.get("extent_length")
    largest = max((max(one.size_mm, default=0.0) for one in structure.findings if one.side == side), default=0.0)
    if extent is not None and extent < largest:
        yield "extent_smaller", f"extent_length_{side}"
    size = figures.get("t_size")
    if not _has_size(stage, extent if size is None else size):
        yield "stage_size", f"clinical_t_{side}"
    if not _invades(stage, given):
        yield "stage_invasion", f"clinical_t_{side}"
    nodes, judged = {one: given.get(one, "") for one in _STATIONS}, given.get("clinical_n", "")
    suspicious = {one for one, value in nodes.items() if value == "suspicious"}
    if judged and any(nodes.values()) and judged not in fitting_n(suspicious) and (suspicious or judged != "NX"):
        yield "stage_nodes", f"clinical_n_{side}"


def _has_size(stage: str, size: float | None) -> bool:
    if size is None or stage not in _SIZES_OF_T:
        return True
    above, most = _SIZES_OF_T[stage]
    return size <= most and (size > above or stage == "T0")


def _invades(stage: str, given: Mapping[str, str]) -> bool:
    """T4 and what was seen of chest wall and skin; the pectoral muscle alone is not the chest wall."""
    if stage in _NOTHING_TO_SAY:
        return True
    wall, skin = given.get("chest_wall_invasion"), given.get("skin_invasion")
    if stage == _INFLAMMATORY:
        return True
    if (wall == "present") and stage not in _CHEST_WALL:
        return False
    return not ((stage in _CHEST_WALL and wall == "none") or (stage in _SKIN and skin == "none"))


def _of_response(structure: Structure) -> Iterator[tuple[str, str]]:
    for finding in structure.findings:
        before, now = diameters(structure, finding)
        if (before is None) is not (now is None) and finding.comparison != "new":
            yield "target_half", f"finding:{finding.number}"
    judged, computed = structure.facts.get("response", ""), response_of(structure)
    if computed is None:
        if judged not in {"", "NE"}:
            yield "response_unmeasured", "response"
    elif judged and judged != computed.category:
        yield "response_differs", "response"


def _figure(structure: Structure, name: str, value: str) -> float | None:
    facts = {one["name"]: one for one in lexicon().method(structure.method)["facts"]}
    return figure_of(facts.get(name, {}), value)
