"""How each mammogram was taken: a series' own word of its breast holds only where the image itself says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dokuei.hub.archive.attributes import JsonObject, tag, text
from dokuei.hub.archive.reading import Scope, within
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import instance, series, study

_JOINED = instance.join(series, series.c.id == instance.c.series_key).join(study, study.c.id == series.c.study_key)


@dataclass(frozen=True)
class Projection:
    """Breast (R, L or B) and view (MLO, CC ...); empty where the object does not say."""

    laterality: str = ""
    view_position: str = ""


def projections_of(connection: Connection, scope: Scope) -> dict[str, Projection]:
    """How each mammogram was taken, by SOP Instance UID."""
    asked = select(instance.c.sop_instance_uid, instance.c.attributes).select_from(_JOINED)
    rows = connection.execute(within(asked, scope).where(series.c.modality == "MG"))
    attributes = ((row.sop_instance_uid, unpack(row.attributes)) for row in rows)
    return {uid: Projection(side_of(one), view_of(one)) for uid, one in attributes}


def view_of(attributes: JsonObject) -> str:
    """View Position (PS3.3 C.8.11.5), else the view's name as its code says it (C.8.11.7)."""
    named = (text(one, "CodeMeaning") for one in _items(attributes, "ViewCodeSequence"))
    return text(attributes, "ViewPosition") or next(named, "")


def side_of(attributes: JsonObject) -> str:
    """Image Laterality (PS3.3 C.8.11.7), Frame Laterality where there are frames (C.7.6.16.2.8), if it is one."""
    own = text(attributes, "ImageLaterality")
    if own:
        return own
    groups = [
        *_items(attributes, "SharedFunctionalGroupsSequence"),
        *_items(attributes, "PerFrameFunctionalGroupsSequence"),
    ]
    anatomies = [one for group in groups for one in _items(group, "FrameAnatomySequence")]
    said = {text(one, "FrameLaterality") for one in anatomies} - {""}
    return said.pop() if len(said) == 1 else ""


def _items(attributes: JsonObject, keyword: str) -> Iterable[JsonObject]:
    values: Iterable[JsonObject] = attributes.get(tag(keyword), {}).get("Value", ())
    return values
