"""A physician's card as SoftHSM plays it: which of its certificates signs, and what it says where it does not."""

from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from pkcs11 import Attribute, CertificateType, ObjectClass, lib

from dokuei.cli.card import Card
from dokuei.errors import ConfigurationError, SignatureError
from tests.makers.hpki import HpkiAuthority
from tests.makers.softhsm import MODULE, PIN, needs_softhsm, new_token, put_certificate

pytestmark = needs_softhsm
_DIGEST = b"\1" * 32


def put_junk(token: str, value: bytes) -> None:
    """What calls itself a certificate and is none, as a card of another trade may hold."""
    made: dict[Any, Any] = {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.ID: b"\7",
        Attribute.SUBJECT: b"0\0",
        Attribute.VALUE: value,
    }
    with lib(str(MODULE)).get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        session.create_object(made)


def test_the_certificate_that_is_expected_signs_whatever_else_the_card_holds() -> None:
    """REC-17."""
    authority = HpkiAuthority()
    first, second = authority.card(), authority.card()
    new_token("two", {"first": first.key, "second": second.key})
    put_junk("two", b"no certificate")
    put_junk("two", b"")
    put_certificate("two", 1, first.certificate)
    put_certificate("two", 2, second.certificate)
    assert MODULE is not None
    for held in (second, first):
        expected = held.certificate.fingerprint(hashes.SHA256()).hex()
        made = Card(MODULE, "two").sign(_DIGEST, fingerprint=expected, pin=PIN)
        (signer,) = cms.ContentInfo.load(made)["content"]["signer_infos"]
        assert signer["sid"].chosen["serial_number"].native == held.certificate.serial_number
    with pytest.raises(SignatureError, match="refuses the PIN"):
        Card(MODULE, "two").sign(_DIGEST, fingerprint="", pin="0000-0000")


def test_a_card_without_any_certificate_for_signing_says_so() -> None:
    card = HpkiAuthority().card()
    new_token("bare", {"own": card.key})
    put_junk("bare", b"\x30\x82")
    assert MODULE is not None
    with pytest.raises(ConfigurationError, match="no certificate for signing"):
        Card(MODULE, "bare").sign(_DIGEST, fingerprint="", pin=PIN)
