"""What is in a case and where: the answer that a reader, a test or a benchmark is compared with."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dokuei.phantom.anatomy import Lesion


@dataclass(frozen=True)
class Sighting:
    """One lesion in one image: ``row`` and ``column`` count from 0 at pixel centres, ``frame`` from 1.

    ``position`` is (x, y, z) in the patient in mm where the image has such a place; ``measures`` are numbers that
    the image must give back, such as SUV.
    """

    finding: str
    modality: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    row: float
    column: float
    frame: int = 1
    view: str = ""
    radius_pixels: float = 0.0
    position: tuple[float, float, float] | None = None
    measures: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A plain object with numbers a person can read."""
        value = asdict(self)
        value["row"], value["column"] = round(self.row, 2), round(self.column, 2)
        value["radius_pixels"] = round(self.radius_pixels, 2)
        value["position"] = None if self.position is None else [round(v, 3) for v in self.position]
        value["measures"] = {name: float(f"{number:.5g}") for name, number in self.measures.items()}
        return value


def finding(lesion: Lesion) -> dict[str, Any]:
    """A lesion as a reader would name it: side, clock position, distance from the nipple, size, category."""
    return {
        "name": lesion.name,
        "kind": lesion.kind,
        "laterality": lesion.laterality,
        "clock": lesion.clock,
        "from_nipple_mm": lesion.from_nipple,
        "breast_position_mm": [round(v, 2) for v in lesion.position],
        "diameter_mm": round(2 * lesion.radius, 1),
        "category": lesion.category,
    }


def write(path: Path, document: dict[str, Any]) -> None:
    """Write a case's truth as JSON, in UTF-8 and in an order that does not change."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """Read back what ``write`` wrote."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
