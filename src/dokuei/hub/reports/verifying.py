"""Whether what was signed still stands: each version beside the audit trail, its sealed file and its key's answer."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.errors import NotFoundError
from dokuei.hub.identity.passkeys import still_holds
from dokuei.hub.reports import store, store_seals
from dokuei.hub.reports.chained import Chained, chained_versions, restamped_files
from dokuei.hub.reports.model import digest_of
from dokuei.hub.reports.seal_model import KeptVersion, SealState
from dokuei.storage.blobs import Blobs

_BY_KEY = "passkey"


@dataclass(frozen=True)
class Wrong:
    """A version that is not what was signed."""

    report_id: str
    number: int
    why: str


@dataclass(frozen=True)
class Verdict:
    """What a walk over all signed versions found; a password leaves no proof but the trail itself."""

    versions: int
    by_key: int
    by_password: int
    wrong: tuple[Wrong, ...]


def verify_versions(connection: Connection, blobs: Blobs) -> Verdict:
    """Compare every version with what the trail chained when it was signed, and check its key's answer again.

    The trail itself must be unbroken for this to mean anything.
    """
    chained = chained_versions(connection)
    versions = by_key = 0
    wrong: list[Wrong] = []
    stamped, restamped = store_seals.every(connection), restamped_files(connection)
    for kept in store.every_version(connection):
        signed = kept.signed
        versions += 1
        by_key += signed.signature.method == _BY_KEY
        told = chained.pop((signed.report_id, signed.number), None)
        wrong += [Wrong(signed.report_id, signed.number, why) for why in _faults(kept, told, blobs)]
        wrong += [Wrong(signed.report_id, signed.number, why) for why in _stamp_faults(kept, stamped, restamped, blobs)]
    wrong += [Wrong(report_id, number, "the version is gone") for report_id, number in chained]
    return Verdict(versions, by_key, versions - by_key, tuple(wrong))


def _faults(kept: KeptVersion, told: Chained | None, blobs: Blobs) -> Iterator[str]:
    signed = kept.signed
    if digest_of(signed.canonical) != signed.digest:
        yield "the text is not the one with the signed digest"
    if told is None:
        yield "the audit trail knows of no such signature"
        return
    recorded = {
        "digest": signed.digest,
        "pdf_sha256": kept.sealed.pdf_sha256,
        "method": signed.signature.method,
        "evidence_sha256": store.evidence_digest(signed.signature),
    }
    for name, value in recorded.items():
        if told.details.get(name, value) != value:
            yield f"{name} is not the one in the audit trail"
    if signed.signature.method == _BY_KEY and not still_holds(
        signed.signature.evidence, expected_shown=signed.canonical
    ):
        yield "the key's answer does not stand for this text"
    if _file_digest(blobs, kept.sealed.pdf_key) != kept.sealed.pdf_sha256:
        yield "the sealed file is gone or changed"


def _stamp_faults(
    kept: KeptVersion,
    stamped: Mapping[tuple[str, int], SealState],
    restamped: Mapping[str, tuple[str, int]],
    blobs: Blobs,
) -> Iterator[str]:
    """A file with later time stamps holds the sealed one unchanged, and is the one that was recorded."""
    key = (kept.signed.report_id, kept.signed.number)
    state = stamped.get(key)
    if state is None or state.blob_key == kept.sealed.pdf_key:
        return
    if restamped.get(state.sha256) != key:
        yield "the audit trail knows of no such file with later time stamps"
    try:
        data, sealed = blobs.read(state.blob_key), blobs.read(kept.sealed.pdf_key)
    except NotFoundError:
        yield "the file with its later time stamps is gone"
        return
    if hashlib.sha256(data).hexdigest() != state.sha256 or not data.startswith(sealed):
        yield "the file with its later time stamps is changed"


def _file_digest(blobs: Blobs, key: str) -> str:
    try:
        return hashlib.sha256(blobs.read(key)).hexdigest()
    except NotFoundError:
        return ""
