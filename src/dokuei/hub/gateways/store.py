"""Gateways, their codes, the nonces that they have used, and what they have offered and not yet delivered."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    false,
    insert,
    select,
    update,
)

from dokuei.dicom.coded import CodedInstance
from dokuei.hub.gateways.model import Gateway, GatewayState, Invitation
from dokuei.storage.db import UtcDateTime, hub_metadata
from dokuei.timekeeping import Unkept

_AT_ONCE = 500

gateway = Table(
    "gateway",
    hub_metadata,
    Column("gateway_id", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("certificate_not_after", UtcDateTime, nullable=False),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("version", String(40), nullable=False, server_default=""),
    Column("protocol", Integer, nullable=True),
    Column("last_seen_at", UtcDateTime, nullable=True),
    Column("identity_mode", String(20), nullable=False, server_default="true"),
    Column("quarantine", Integer, nullable=False, server_default="0"),
    Column("free_bytes", BigInteger, nullable=False, server_default="0"),
    Column("studies", Text, nullable=False, server_default="[]"),
    Column("refusals", Text, nullable=False, server_default="[]"),
    Column("unread_orders", Integer, nullable=False, server_default="0"),
    Column("order_refusals", Text, nullable=False, server_default="[]"),
    Column("clock_ahead_ms", BigInteger, nullable=True),
    Column("trail_heard", BigInteger, nullable=False, server_default="0"),
    Column("clock_state", String(16), nullable=False, server_default="unknown"),
    Column("clock_unkept_since", UtcDateTime, nullable=True),
    Column("clock_unkept_told", Boolean, nullable=False, server_default=false()),
    Column("prior_rules", Text, nullable=True),
    Column("sending", Text, nullable=True),
)
Index("ix_gateway_site_id", gateway.c.site_id)

invitation = Table(
    "gateway_invitation",
    hub_metadata,
    Column("secret_digest", String(64), primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Column("used_by_key", Text, nullable=False, server_default=""),
    Column("gateway_id", String(64), nullable=True),
)

nonce = Table(
    "gateway_nonce",
    hub_metadata,
    Column("gateway_id", String(64), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_gateway_nonce_until", nonce.c.until)

offered = Table(
    "gateway_offered",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("gateway_id", String(64), nullable=False),
    Column("study_instance_uid", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("coded", Text, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
)
Index("ix_gateway_offered_study", offered.c.site_id, offered.c.study_instance_uid)

closed_study = Table(
    "gateway_study",
    hub_metadata,
    Column("site_id", String(64), primary_key=True),
    Column("study_instance_uid", String(64), primary_key=True),
    Column("gateway_id", String(64), primary_key=True),
    Column("manifest_sha256", String(64), nullable=False),
    Column("instances", Integer, nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
)


def add_invitation(connection: Connection, new: Invitation) -> None:
    """Keep a code's digest."""
    connection.execute(insert(invitation).values(**{name: getattr(new, name) for name in _INVITATION}))


def find_invitation(connection: Connection, secret_digest: str) -> Invitation | None:
    """A code by its digest, held against a second use until the transaction ends."""
    row = connection.execute(
        select(invitation).where(invitation.c.secret_digest == secret_digest).with_for_update()
    ).one_or_none()
    return None if row is None else Invitation(**{name: getattr(row, name) for name in _INVITATION})


def use_invitation(connection: Connection, secret_digest: str, *, by_key: str, gateway_id: str, at: datetime) -> None:
    """A code is used once."""
    connection.execute(
        update(invitation)
        .where(invitation.c.secret_digest == secret_digest)
        .values(used_at=at, used_by_key=by_key, gateway_id=gateway_id)
    )


def add(connection: Connection, new: Gateway, *, version: str) -> None:
    """Enrol a gateway."""
    values = {name: getattr(new, name) for name in _GATEWAY}
    connection.execute(insert(gateway).values(**values, version=version))


def find(connection: Connection, gateway_id: str) -> Gateway | None:
    """One gateway, revoked or not."""
    row = connection.execute(select(gateway).where(gateway.c.gateway_id == gateway_id)).one_or_none()
    return None if row is None else _gateway(row)


def revoke(connection: Connection, gateway_id: str, *, at: datetime) -> None:
    """From here on the gateway is refused."""
    connection.execute(update(gateway).where(gateway.c.gateway_id == gateway_id).values(revoked_at=at))


def renew(connection: Connection, gateway_id: str, *, not_after: datetime) -> None:
    """The gateway has a new certificate for the same key."""
    connection.execute(
        update(gateway).where(gateway.c.gateway_id == gateway_id).values(certificate_not_after=not_after)
    )


def use_nonce(connection: Connection, gateway_id: str, value: str, *, until: datetime, at: datetime) -> bool:
    """Note a signature's nonce and that the gateway was heard of; False where the nonce was used before."""
    connection.execute(delete(nonce).where(nonce.c.until < at))
    used = select(nonce.c.until).where(nonce.c.gateway_id == gateway_id, nonce.c.nonce == value)
    if connection.execute(used).one_or_none() is not None:
        return False
    connection.execute(insert(nonce).values(gateway_id=gateway_id, nonce=value, until=until))
    connection.execute(update(gateway).where(gateway.c.gateway_id == gateway_id).values(last_seen_at=at))
    return True


def tell(
    connection: Connection,
    gateway_id: str,
    told: Mapping[str, Any],
    *,
    studies: Sequence[Mapping[str, Any]],
    refusals: Sequence[Mapping[str, Any]],
    order_refusals: Sequence[Mapping[str, Any]] = (),
    sending: Mapping[str, Any] | None = None,
) -> None:
    """Keep what a heartbeat says."""
    told_lists = {"studies": studies, "refusals": refusals, "order_refusals": order_refusals}
    values = {**told, **{name: json.dumps(list(one)) for name, one in told_lists.items()}}
    values["sending"] = None if sending is None else json.dumps(sending)
    connection.execute(update(gateway).where(gateway.c.gateway_id == gateway_id).values(values))


def told_identity_mode(connection: Connection, gateway_id: str) -> str:
    """How a gateway last said that it names patients."""
    return str(connection.execute(select(gateway.c.identity_mode).where(gateway.c.gateway_id == gateway_id)).scalar())


def told_clock(connection: Connection, gateway_id: str) -> int | None:
    """How many milliseconds ahead of ours a gateway's clock was, as it told last."""
    return connection.execute(select(gateway.c.clock_ahead_ms).where(gateway.c.gateway_id == gateway_id)).scalar()


def told_unkept(connection: Connection, gateway_id: str) -> Unkept:
    """Since when nobody keeps a gateway's clock, held until the transaction ends: it is told once."""
    c = gateway.c
    asked = select(c.clock_unkept_since, c.clock_unkept_told).where(c.gateway_id == gateway_id).with_for_update()
    return Unkept(*connection.execute(asked).one())


def tell_unkept(connection: Connection, gateway_id: str, unkept: Unkept) -> None:
    """Keep since when nobody keeps it."""
    values = {"clock_unkept_since": unkept.since, "clock_unkept_told": unkept.told}
    connection.execute(update(gateway).where(gateway.c.gateway_id == gateway_id).values(**values))


def heard_trail(connection: Connection, gateway_id: str) -> int:
    """How far a gateway's own trail has been heard; held until the transaction ends, so that nothing is kept twice."""
    query = select(gateway.c.trail_heard).where(gateway.c.gateway_id == gateway_id).with_for_update()
    return int(connection.execute(query).scalar_one())


def note_heard_trail(connection: Connection, gateway_id: str, until: int) -> None:
    """It has been heard so far."""
    connection.execute(update(gateway).where(gateway.c.gateway_id == gateway_id).values(trail_heard=until))


def every(connection: Connection, site_ids: Collection[str]) -> tuple[GatewayState, ...]:
    """All gateways of these sites, the newest first."""
    rows = connection.execute(
        select(gateway).where(gateway.c.site_id.in_(sorted(site_ids))).order_by(gateway.c.enrolled_at.desc())
    )
    return tuple(
        GatewayState(
            gateway=_gateway(row),
            version=row.version,
            protocol=row.protocol,
            last_seen_at=row.last_seen_at,
            identity_mode=row.identity_mode,
            quarantine=row.quarantine,
            free_bytes=row.free_bytes,
            studies=json.loads(row.studies),
            refusals=json.loads(row.refusals),
            unread_orders=row.unread_orders,
            order_refusals=json.loads(row.order_refusals),
            clock_ahead_ms=row.clock_ahead_ms,
            clock_state=row.clock_state,
            prior_rules=None if row.prior_rules is None else json.loads(row.prior_rules),
            sending=None if row.sending is None else json.loads(row.sending),
        )
        for row in rows
    )


def offer(
    connection: Connection, *, site_id: str, gateway_id: str, coded: Iterable[CodedInstance], at: datetime
) -> None:
    """Remember what is to come; the same content offered again keeps its first row."""
    wanted = {one.sha256: one for one in coded}
    known = {row.sha256 for row in _rows(connection, site_id, list(wanted))}
    new = [one for sha256, one in wanted.items() if sha256 not in known]
    if new:
        connection.execute(
            insert(offered),
            [
                {
                    "site_id": site_id,
                    "sha256": one.sha256,
                    "gateway_id": gateway_id,
                    "study_instance_uid": one.study_instance_uid,
                    "size": one.size,
                    "coded": json.dumps(one.to_json()),
                    "offered_at": at,
                }
                for one in new
            ],
        )


def offered_ones(connection: Connection, site_id: str, digests: Sequence[str]) -> dict[str, CodedInstance]:
    """What was offered under these digests."""
    rows = _rows(connection, site_id, digests)
    return {row.sha256: CodedInstance.from_json(json.loads(row.coded)) for row in rows}


def offered_before(connection: Connection, moment: datetime) -> list[tuple[str, str]]:
    """Site and digest of what was offered long ago and never came whole."""
    rows = connection.execute(select(offered.c.site_id, offered.c.sha256).where(offered.c.offered_at < moment))
    return [(row.site_id, row.sha256) for row in rows]


def offered_by(connection: Connection, gateway_id: str) -> list[str]:
    """Digests of everything that a gateway has offered and that did not come whole."""
    return list(connection.execute(select(offered.c.sha256).where(offered.c.gateway_id == gateway_id)).scalars())


def offered_of_study(connection: Connection, site_id: str, gateway_id: str, study_instance_uid: str) -> list[str]:
    """Digests of everything of a study that a gateway has offered since it closed the study last."""
    wanted = _offered_of(site_id, gateway_id, study_instance_uid)
    return list(connection.execute(select(offered.c.sha256).where(*wanted)).scalars())


def forget_offers(connection: Connection, site_id: str, digests: Sequence[str]) -> None:
    """These are stored, or given up."""
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        connection.execute(delete(offered).where(offered.c.site_id == site_id, offered.c.sha256.in_(some)))


def close_study(
    connection: Connection,
    *,
    site_id: str,
    study_instance_uid: str,
    gateway_id: str,
    manifest_sha256: str,
    instances: int,
    at: datetime,
) -> bool:
    """Every object of a gateway's signed manifest is stored and proved; False where that was known.

    What another gateway of the site has offered of the study and not brought yet stays offered.
    """
    same = (
        closed_study.c.site_id == site_id,
        closed_study.c.study_instance_uid == study_instance_uid,
        closed_study.c.gateway_id == gateway_id,
    )
    known = connection.execute(select(closed_study.c.manifest_sha256).where(*same)).scalar_one_or_none()
    if known == manifest_sha256:
        return False
    connection.execute(delete(closed_study).where(*same))
    connection.execute(
        insert(closed_study).values(
            site_id=site_id,
            study_instance_uid=study_instance_uid,
            gateway_id=gateway_id,
            manifest_sha256=manifest_sha256,
            instances=instances,
            closed_at=at,
        )
    )
    connection.execute(delete(offered).where(*_offered_of(site_id, gateway_id, study_instance_uid)))
    return True


def _offered_of(site_id: str, gateway_id: str, study_instance_uid: str) -> tuple[ColumnElement[bool], ...]:
    return (
        offered.c.site_id == site_id,
        offered.c.study_instance_uid == study_instance_uid,
        offered.c.gateway_id == gateway_id,
    )


def _rows(connection: Connection, site_id: str, digests: Sequence[str]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        found += connection.execute(select(offered).where(offered.c.site_id == site_id, offered.c.sha256.in_(some)))
    return found


def _gateway(row: Row[Any]) -> Gateway:
    return Gateway(**{name: getattr(row, name) for name in _GATEWAY})


_GATEWAY = tuple(Gateway.__dataclass_fields__)
_INVITATION = tuple(Invitation.__dataclass_fields__)
