"""The ledger of a study: what its senders counted beside what is here, and whether more is to come."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dokuei.hub.archive import manifests, performed, removals
from dokuei.hub.archive.model import Declared, Ledger
from dokuei.hub.archive.tables import instance, series, study

_GATEWAY = "gateway:"


@dataclass(frozen=True)
class _Here:
    """One object of the archive: its content, and who brought it."""

    content_digest: str
    received_from: str


@dataclass(frozen=True)
class _Counted:
    """The union of what gateways signed for, by SOP Instance UID: frames (by the newest word) and contents."""

    frames: Mapping[str, int]
    contents: Mapping[str, set[str]]


def of_study(connection: Connection, site_id: str, study_instance_uid: str) -> Ledger:
    """Declared beside arrived; every object that is here was proved before it was stored.

    Several gateways of a site may bring one study, and each signs for what it brought: an object is counted once,
    whoever declares it, and two contents under one UID are a contradiction. What the hub removed on purpose is not
    counted. A gateway's study is open until manifests cover everything that came and everything in them is here:
    without that a part that arrives on a slow line would pass for the whole.
    """
    signed = manifests.declared_by(connection, site_id, study_instance_uid)
    announced = manifests.announced(connection, site_id, study_instance_uid)
    row = connection.execute(
        select(study.c.id, study.c.number_of_instances, study.c.number_of_frames).where(
            study.c.site_id == site_id, study.c.study_instance_uid == study_instance_uid
        )
    ).one_or_none()
    here = _here(connection, row.id) if row is not None and signed else {}
    counted = _count(signed, here, removals.of_study(connection, site_id, study_instance_uid)) if signed else None
    instances = 0 if row is None else row.number_of_instances
    made = performed.expected(connection, site_id, study_instance_uid)
    lacking = 0 if made is None or row is None else performed.lacking(connection, row.id, made)
    more = row is not None and (_brought(connection, row.id) if counted is None else _lacks(counted, signed, here))
    return Ledger(
        declared_instances=_with_performed(_declared_instances(counted, announced, here), made, instances, lacking),
        declared_frames=None if counted is None else sum(counted.frames.values()),
        arrived_instances=instances,
        arrived_frames=0 if row is None else row.number_of_frames,
        proved_instances=instances,
        open=bool(announced) or more,
        contradicted_instances=0 if counted is None else _contradicted(counted, here),
        discontinued=made is not None and made.discontinued,
    )


def _with_performed(declared: int | None, made: performed.Expected | None, instances: int, lacking: int) -> int | None:
    """At least what is here and what modalities counted beyond it; they count by series, and what is here may be more.

    What was removed on purpose was counted before: after a term a study is judged by its gateways' word alone.
    """
    if made is None or not instances:
        return declared
    return max(declared or 0, instances + lacking)


def _count(
    signed: Mapping[str, tuple[Declared, ...]], here: Mapping[str, _Here], removed: removals.Removed
) -> _Counted:
    frames: dict[str, int] = {}
    contents: dict[str, set[str]] = {}
    for declared in signed.values():
        for one in declared:
            uid, digest = one.sop_instance_uid, one.content_digest
            if uid not in here and removed.has(uid, digest):
                continue
            frames[uid] = one.number_of_frames
            contents.setdefault(uid, set()).add(digest)
    return _Counted(frames, contents)


def _declared_instances(
    counted: _Counted | None, announced: Mapping[str, int], here: Mapping[str, _Here]
) -> int | None:
    """At least what was signed for and what came from gateways that have not signed yet, or what one of them holds."""
    known: set[str] = set() if counted is None else set(counted.frames)
    known |= {uid for uid, one in here.items() if one.received_from.removeprefix(_GATEWAY) in announced}
    counts = [*announced.values(), *([] if counted is None else [len(known)])]
    return max(counts, default=None)


def _contradicted(counted: _Counted, here: Mapping[str, _Here]) -> int:
    """Objects of which more than one content is declared, or another one than is here."""
    stored = {uid: {here[uid].content_digest} for uid in counted.contents.keys() & here.keys()}
    return sum(len(contents | stored.get(uid, set())) > 1 for uid, contents in counted.contents.items())


def _lacks(counted: _Counted, signers: Mapping[str, object], here: Mapping[str, _Here]) -> bool:
    """Whether something that was signed for is not here, or a signer brought more than anybody has signed for."""
    own = {_GATEWAY + signed_by for signed_by in signers}
    brought = {uid for uid, one in here.items() if one.received_from in own}
    return bool(counted.frames.keys() - here.keys() or brought - counted.frames.keys())


def _here(connection: Connection, study_key: int) -> dict[str, _Here]:
    asked = select(instance.c.sop_instance_uid, instance.c.content_digest, instance.c.received_from)
    rows = connection.execute(asked.select_from(instance.join(series)).where(series.c.study_key == study_key))
    return {row.sop_instance_uid: _Here(row.content_digest, row.received_from) for row in rows}


def _brought(connection: Connection, study_key: int) -> bool:
    """Whether a gateway brought anything of a study for which nobody has signed."""
    asked = select(instance.c.id).select_from(instance.join(series)).where(series.c.study_key == study_key)
    by_gateway = asked.where(instance.c.received_from.startswith(_GATEWAY)).limit(1)
    return connection.execute(by_gateway).one_or_none() is not None
