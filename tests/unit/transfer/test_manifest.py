import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.dicom.coded import CodedFrame, CodedInstance
from dokuei.errors import RequestError, SignatureError
from dokuei.transfer.manifest import manifest_of, read_manifest, sign_manifest, verify_manifest

_KEY = ec.generate_private_key(ec.SECP256R1())
_AT = datetime(2026, 11, 1, tzinfo=UTC)


def _coded(number: int) -> CodedInstance:
    digest = f"{number:064x}"
    frames = tuple(CodedFrame(10 * at, 10, digest, "pixels", (5, 10)) for at in range(number))
    return CodedInstance(
        f"2.25.9.{number}", "1.2.3", "2.25.8", "2.25.7", "1.2.840.10008.1.2", "1.2.840.10008.1.2.4.202",
        digest, digest, 1000, digest, frames, "proved", "", None,
    )  # fmt: skip


def _document() -> bytes:
    return manifest_of("2.25.7", [_coded(2), _coded(1)], gateway_id="g1", at=_AT).document()


def test_a_manifest_says_what_was_signed() -> None:
    """REC-11: digests made at the hospital's gateway are what hub and browser check against."""
    document = _document()
    manifest = verify_manifest(document, sign_manifest(document, _KEY), _KEY.public_key(), expected_gateway_id="g1")
    assert [one.sop_instance_uid for one in manifest.instances] == ["2.25.9.1", "2.25.9.2"]
    assert manifest.instances[1].frames == ((10, f"{2:064x}", "pixels"),) * 2


def test_the_same_objects_give_the_same_bytes_in_any_order() -> None:
    assert _document() == manifest_of("2.25.7", [_coded(1), _coded(2)], gateway_id="g1", at=_AT).document()


def test_the_signature_is_as_web_crypto_wants_it() -> None:
    assert len(sign_manifest(_document(), _KEY)) == 64


def test_a_changed_manifest_does_not_pass() -> None:
    document = _document()
    signature = sign_manifest(document, _KEY)
    with pytest.raises(SignatureError):
        verify_manifest(
            document.replace(b"2.25.9.1", b"2.25.9.3"), signature, _KEY.public_key(), expected_gateway_id="g1"
        )


def test_another_gateways_manifest_does_not_pass() -> None:
    document = _document()
    with pytest.raises(SignatureError):
        verify_manifest(document, sign_manifest(document, _KEY), _KEY.public_key(), expected_gateway_id="g2")


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"kind":"x"}', b"[" * 100_000, json.dumps({"kind": 1}).encode()]
)
def test_what_is_no_manifest_is_refused(document: bytes) -> None:
    with pytest.raises(RequestError):
        read_manifest(document)
