"""How targets answer to a therapy: their diameters before and now, after RECIST 1.1 (Eur J Cancer 2009;45:228-247)."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from dokuei.hub.reports.lexicon import figure_of, lexicon
from dokuei.hub.reports.structure import Finding, Structure

BEFORE, NOW = "before_mm", "now_mm"
Category = Literal["CR", "PR", "SD", "PD"]
_NODE = "lymph_node"
_NORMAL_NODE_MM = 10.0
_PARTIAL_PERCENT = -30.0
_PROGRESS_PERCENT = 20.0
_PROGRESS_MM = 5.0


@dataclass(frozen=True)
class Response:
    """Sums of diameters in mm, the change in % of the sum before, and what that comes to.

    A node's diameter is its short axis. The sum before therapy is the reference, as the only earlier one known here.
    """

    targets: int
    before_mm: float
    now_mm: float
    change_percent: float
    category: Category


@dataclass(frozen=True)
class _Target:
    is_node: bool
    before_mm: float
    now_mm: float


def response_of(structure: Structure) -> Response | None:
    """None where no finding was measured at both times, or where nothing was there before."""
    if structure.facts.get("purpose") != "response":
        return None
    targets = [one for one in (_target(structure, finding) for finding in structure.findings) if one is not None]
    before, now = sum(one.before_mm for one in targets), sum(one.now_mm for one in targets)
    if before <= 0:
        return None
    change = (now - before) / before * 100
    is_new = any(finding.comparison == "new" for finding in structure.findings)
    return Response(
        len(targets), round(before, 2), round(now, 2), round(change, 1), _category(targets, change, is_new=is_new)
    )


def written_response(structure: Structure) -> dict[str, Any] | None:
    """As JSON, for the signed document."""
    response = response_of(structure)
    return None if response is None else asdict(response)


def diameters(structure: Structure, finding: Finding) -> tuple[float | None, float | None]:
    """In mm, before therapy and now; None for each that was not measured."""
    kind = lexicon().kind(structure.method, finding.kind)
    attributes = {one["name"]: one for one in (kind or {}).get("attributes", ())}
    before, now = (figure_of(attributes.get(one, {}), finding.descriptors.get(one, "")) for one in (BEFORE, NOW))
    return before, now


def _target(structure: Structure, finding: Finding) -> _Target | None:
    before, now = diameters(structure, finding)
    if before is None or now is None or finding.comparison == "new":
        return None
    kind = lexicon().kind(structure.method, finding.kind)
    return _Target(kind is not None and kind["of_method"] == _NODE, before, now)


def _category(targets: list[_Target], change: float, *, is_new: bool) -> Category:
    grown = sum(one.now_mm - one.before_mm for one in targets)
    if is_new or (change >= _PROGRESS_PERCENT and grown >= _PROGRESS_MM):
        return "PD"
    if all(one.now_mm < _NORMAL_NODE_MM if one.is_node else one.now_mm == 0 for one in targets):
        return "CR"
    return "PR" if change <= _PARTIAL_PERCENT else "SD"
