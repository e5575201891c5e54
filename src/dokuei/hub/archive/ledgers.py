"""The ledger of a study: what its sender counted beside what is here, and whether more is to come."""

from sqlalchemy import ColumnElement, Connection, Row, select

from dokuei.hub.archive.model import Ledger
from dokuei.hub.archive.store import unpack
from dokuei.hub.archive.tables import announced, instance, manifest, series, study

_GATEWAY = "gateway:"


def of_study(connection: Connection, site_id: str, study_instance_uid: str) -> Ledger:
    """Declared beside arrived; every object that is here was proved before it was stored.

    A gateway's study is open until its manifest covers everything that came and everything in it is here: without that
    a part that arrives on a slow line would pass for the whole.
    """
    signed = connection.execute(
        select(manifest).where(manifest.c.site_id == site_id, manifest.c.study_instance_uid == study_instance_uid)
    ).one_or_none()
    so_far = connection.execute(
        select(announced.c.instances).where(
            announced.c.site_id == site_id, announced.c.study_instance_uid == study_instance_uid
        )
    ).scalar_one_or_none()
    here = connection.execute(
        select(study.c.id, study.c.number_of_instances, study.c.number_of_frames).where(
            study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid
        )
    ).one_or_none()
    counted = [count for count in (None if signed is None else signed.declared_instances, so_far) if count is not None]
    instances = 0 if here is None else here.number_of_instances
    return Ledger(
        declared_instances=max(counted, default=None),
        declared_frames=None if signed is None else signed.declared_frames,
        arrived_instances=instances,
        arrived_frames=0 if here is None else here.number_of_frames,
        proved_instances=instances,
        open=so_far is not None or (here is not None and _is_open(connection, here.id, signed)),
    )


def _is_open(connection: Connection, study_key: int, signed: Row[tuple[object, ...]] | None) -> bool:
    if signed is None:
        return bool(_uids(connection, study_key, instance.c.received_from.startswith(_GATEWAY), at_most=1))
    declared = {one["sop_instance_uid"] for one in unpack(signed.declared)}
    own = instance.c.received_from == _GATEWAY + signed.signed_by
    return bool(declared - _uids(connection, study_key) or _uids(connection, study_key, own) - declared)


def _uids(connection: Connection, study_key: int, *which: ColumnElement[bool], at_most: int | None = None) -> set[str]:
    asked = select(instance.c.sop_instance_uid).select_from(instance.join(series))
    return set(connection.execute(asked.where(series.c.study_key == study_key, *which).limit(at_most)).scalars())
