"""Of which breast each mammogram is: a series' own word holds only where the image itself says nothing."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from dokuei.hub.archive.attributes import JsonObject, tag, text
from dokuei.hub.archive.reading import Scope, within
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import instance, series, study

_JOINED = instance.join(series, series.c.id == instance.c.series_key).join(study, study.c.id == series.c.study_key)


def sides_of_mammograms(connection: Connection, scope: Scope) -> dict[str, str]:
    """Image Laterality by SOP Instance UID (PS3.3 C.8.11.7), Frame Laterality where there are frames (C.7.6.16.2.8)."""
    asked = select(instance.c.sop_instance_uid, instance.c.attributes).select_from(_JOINED)
    rows = connection.execute(within(asked, scope).where(series.c.modality == "MG"))
    return {row.sop_instance_uid: side_of(unpack(row.attributes)) for row in rows}


def side_of(attributes: JsonObject) -> str:
    """R, L or B; empty where the object does not say, or says more than one."""
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
