"""The images that findings are seen on, by name: before signing, in the signed text and on paper (REC-02)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dokuei.hub.reports.model import KnownImage
from dokuei.hub.reports.structure import Finding, Structure

_SIDES = {"R": ("右", "Right"), "L": ("左", "Left"), "B": ("両側", "Both")}
Name = Mapping[str, str]


def written_links(structure: Structure, known: Iterable[KnownImage]) -> list[dict[str, Any]]:
    """Each frame that a finding names, once, as JSON; what is not among the study's images has its UID alone."""
    by_uid = {image.sop_instance_uid: image for image in known}
    links = {(link.sop_instance_uid, link.frame) for finding in structure.findings for link in finding.images}
    return [{"sop_instance_uid": uid, "frame": frame, **_facts(by_uid.get(uid))} for uid, frame in sorted(links)]


def links_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Of a signed version; documents of before they were named have none."""
    return list(document.get("linked_images", ()))


def names_of(document: Mapping[str, Any], finding: Finding) -> Iterator[Name]:
    """What the images of one finding are called, in both languages."""
    named = {(one["sop_instance_uid"], one["frame"]): one for one in links_of(document)}
    for link in finding.images:
        one = named.get((link.sop_instance_uid, link.frame))
        if one is not None:
            yield name_of(one)


def name_of(link: Mapping[str, Any]) -> Name:
    """Modality, series, image, frame, breast and view."""
    ja, en = _SIDES.get(link["laterality"], (link["laterality"], link["laterality"]))
    series = " ".join(filter(None, (_figure(link["series_number"]), link["series_description"])))
    image = _figure(link["instance_number"]) or link["sop_instance_uid"]
    view, frame = link["view_position"], link["frame"]
    parts_ja = (link["modality"], f"シリーズ {series}" if series else "", f"画像 {image}", f"フレーム {frame}")
    parts_en = (link["modality"], f"series {series}" if series else "", f"image {image}", f"frame {frame}")
    return {
        "ja": "、".join(filter(None, (*parts_ja, f"{ja} {view}".strip()))),
        "en": ", ".join(filter(None, (*parts_en, f"{en} {view}".strip()))),
    }


def _facts(image: KnownImage | None) -> dict[str, Any]:
    return {
        "series_instance_uid": "" if image is None else image.series_instance_uid,
        "modality": "" if image is None else image.modality,
        "series_number": None if image is None else image.series_number,
        "series_description": "" if image is None else image.series_description,
        "instance_number": None if image is None else image.instance_number,
        "laterality": "" if image is None else image.laterality,
        "view_position": "" if image is None else image.view_position,
    }


def _figure(number: int | None) -> str:
    return "" if number is None else str(number)
