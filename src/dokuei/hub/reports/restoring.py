"""Signed versions that were wrongly altered are put back as they were signed, from a backup (REC-07, 原状回復).

The audit trail says what was signed: a version comes back only where the backup has exactly that one, with its key's
answer and its sealed file. What fits the trail already is not touched, and nothing is ever made up.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from dokuei.errors import NotFoundError, ProofError
from dokuei.hub.reports import store, store_restoring
from dokuei.hub.reports.chained import Chained, chained_versions
from dokuei.hub.reports.model import digest_of
from dokuei.hub.reports.seal_model import KeptVersion
from dokuei.hub.reports.verifying import Wrong, verify_versions
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs

_PHASE: Final = "restoring reports"


@dataclass(frozen=True)
class Backup:
    """A copy of database and blobs of before the alteration; it is only read."""

    connection: Connection
    blobs: Blobs


@dataclass(frozen=True)
class Restored:
    """Versions that stand again as they were signed, and those that this backup cannot bring back."""

    restored: tuple[tuple[str, int], ...]
    left: tuple[Wrong, ...]


def restore_versions(connection: Connection, blobs: Blobs, backup: Backup, *, actor: str) -> Restored:
    """Put back every version that is not what was signed, in one transaction with its entry in the trail.

    Raises:
        ProofError: the trail itself is broken, so that nothing says what was signed.
    """
    if hub_trail.verify(connection).broken_at is not None:
        raise ProofError("the audit trail is broken", phase=_PHASE, remedy="restore the whole database")
    chained = chained_versions(connection)
    kept = {(one.signed.report_id, one.signed.number): one for one in store.every_version(backup.connection)}
    done = []
    for key, faults in _by_version(verify_versions(connection, blobs).wrong).items():
        good, told = kept.get(key), chained.get(key)
        if good is None or told is None or not _is_what_was_signed(good, told, backup.blobs):
            continue
        store_restoring.put_back(connection, good)
        data = backup.blobs.read(good.sealed.pdf_key)
        if _digest(blobs, good.sealed.pdf_key) != good.sealed.pdf_sha256:
            blobs.replace(good.sealed.pdf_key, data)
        hub_trail.append(
            connection,
            actor=actor,
            event="report.restored",
            site_id=told.site_id,
            subject=told.subject,
            details={"report_id": key[0], "version": key[1], "digest": good.signed.digest, "because": faults},
        )
        done.append(key)
    return Restored(tuple(done), verify_versions(connection, blobs).wrong)


def _by_version(wrong: Iterable[Wrong]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for one in wrong:
        found.setdefault((one.report_id, one.number), []).append(one.why)
    return found


def _is_what_was_signed(good: KeptVersion, told: Chained, blobs: Blobs) -> bool:
    signed = good.signed
    mine = {
        "digest": digest_of(signed.canonical),
        "pdf_sha256": _digest(blobs, good.sealed.pdf_key),
        "method": signed.signature.method,
        "evidence_sha256": store.evidence_digest(signed.signature),
    }
    return signed.digest == mine["digest"] and all(told.details.get(name) == value for name, value in mine.items())


def _digest(blobs: Blobs, key: str) -> str:
    try:
        return hashlib.sha256(blobs.read(key)).hexdigest()
    except NotFoundError:
        return ""
