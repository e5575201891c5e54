"""The fields of a mammography report, as the form sends them."""

from collections.abc import Mapping, Sequence
from typing import Any

MASS = {
    "number": 1,
    "side": "right",
    "kind": "mass",
    "place": {"mlo": "U", "cc": "O", "depth": "middle"},
    "size_mm": [12, 9.5],
    "descriptors": {"shape": "irregular", "margin": "spiculated", "lesion_density": "high"},
    "comparison": "larger",
    "category": "4",
    "note": "皮膚との距離は髙橋先生へ。",
}
CALCIFICATION = {
    "number": 2,
    "side": "right",
    "kind": "calcification",
    "place": {"mlo": "L", "cc": "I"},
    "descriptors": {"morphology": "pleomorphic", "distribution": "segmental"},
    "category": "3",
}


def structure(*findings: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """A whole form; without findings nothing is wrong with either breast."""
    made = {"method": "MG", "scale": "screening", "facts": {"density": "b"}, "findings": list(findings)}
    return made | {"recommendation": "biopsy" if findings else "routine"} | changed


def linked(finding: Mapping[str, Any], images: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A finding that is seen on these images."""
    links = [{"sop_instance_uid": one["sop_instance_uid"], "frame": one["frame"]} for one in images]
    return {**finding, "images": links}
