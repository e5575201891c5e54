"""A study's signed manifest: what the gateway counted, so that hub and browser check against it.

The document is canonical JSON (RFC 8785); the signature is ECDSA P-256 with SHA-256 as r ‖ s (IEEE P1363, 64 bytes),
which a browser's WebCrypto verifies as it is.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import RequestError, SignatureError

SIGNATURE_HEADER = "dokuei-manifest-signature"
_KIND = "dokuei-study-manifest"


@dataclass(frozen=True)
class ManifestInstance:
    """One object of a manifest; each frame is its length, its digest and what the digest is of."""

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    source_transfer_syntax_uid: str
    transfer_syntax_uid: str
    source_sha256: str
    sha256: str
    content_digest: str
    proof: str
    frames: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class StudyManifest:
    """All objects of a study that the gateway has received, coded and proved."""

    study_instance_uid: str
    gateway_id: str
    signed_at: str
    instances: tuple[ManifestInstance, ...]

    def document(self) -> bytes:
        """The bytes that are signed."""
        return rfc8785.dumps(
            {
                "kind": _KIND,
                "study_instance_uid": self.study_instance_uid,
                "gateway_id": self.gateway_id,
                "signed_at": self.signed_at,
                "instances": [
                    {**{name: getattr(one, name) for name in _NAMES}, "frames": [list(row) for row in one.frames]}
                    for one in self.instances
                ],
            }
        )


def manifest_of(
    study_instance_uid: str, coded: Iterable[CodedInstance], *, gateway_id: str, at: datetime
) -> StudyManifest:
    """The manifest of these objects, in the order of their UIDs."""
    instances = tuple(
        ManifestInstance(
            **{name: getattr(one, name) for name in _NAMES},
            frames=tuple((frame.length, frame.digest, frame.digest_of) for frame in one.frames),
        )
        for one in sorted(coded, key=lambda one: one.sop_instance_uid)
    )
    return StudyManifest(study_instance_uid, gateway_id, at.isoformat(), instances)


def sign_manifest(document: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """The signature over a manifest's bytes."""
    signature: bytes = _es256(private_key=key).sign(document)
    return signature


def verify_manifest(
    document: bytes, signature: bytes, key: ec.EllipticCurvePublicKey, *, expected_gateway_id: str
) -> StudyManifest:
    """What a manifest says, once its signature holds.

    Raises:
        SignatureError: it does not hold, or another gateway is named in it.
        RequestError: the document is no manifest.
    """
    try:
        _es256(public_key=key).verify(signature=signature, message=document)
    except (InvalidSignature, HTTPMessageSignaturesException, ValueError) as error:
        raise SignatureError("the manifest's signature does not hold", phase="reading a manifest") from error
    manifest = read_manifest(document)
    if manifest.gateway_id != expected_gateway_id:
        raise SignatureError("the manifest is another gateway's", phase="reading a manifest")
    return manifest


def read_manifest(document: bytes) -> StudyManifest:
    """What a manifest says, unverified.

    Raises:
        RequestError: the document is no manifest.
    """
    try:
        value = json.loads(document)
        kind = value["kind"]
        manifest = StudyManifest(
            str(value["study_instance_uid"]),
            str(value["gateway_id"]),
            str(value["signed_at"]),
            tuple(_instance(row) for row in value["instances"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise RequestError("this is no study manifest", phase="reading a manifest") from error
    if kind != _KIND:
        raise RequestError(f"a document of kind {kind!r:.40}", phase="reading a manifest")
    return manifest


def _instance(row: dict[str, Any]) -> ManifestInstance:
    frames = tuple((int(length), str(digest), str(of)) for length, digest, of in row["frames"])
    return ManifestInstance(**{name: str(row[name]) for name in _NAMES}, frames=frames)


_es256: Callable[..., Any] = algorithms.ECDSA_P256_SHA256
_NAMES = tuple(name for name in ManifestInstance.__dataclass_fields__ if name != "frames")
