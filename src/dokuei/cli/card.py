"""A physician's card by PKCS#11: one signature with the key whose certificate is for signing; the PIN is asked once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asn1crypto import x509 as asn1_x509
from pkcs11 import Attribute, ObjectClass, Session
from pkcs11 import exceptions as token_errors
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from dokuei.errors import ConfigurationError, SignatureError

_PHASE: Final = "signing with the card"


@dataclass(frozen=True)
class _Held:
    """A certificate on the card, and the id under which its key lies beside it."""

    certificate: asn1_x509.Certificate
    key_id: bytes
    may_commit: bool
    """Whether it is for signing, and not for proving who somebody is."""


@dataclass(frozen=True)
class Card:
    """Which library reads the card, and its label where more than one is there."""

    module: Path
    token: str = ""

    def sign(self, digest: bytes, *, fingerprint: str, pin: str) -> bytes:
        """CMS (PAdES) over a document's SHA-256, by the certificate with that fingerprint where the card holds it.

        Raises:
            ConfigurationError: no library, no card, or no certificate for signing on it.
            SignatureError: the PIN is wrong, or the card did not sign.
        """
        criteria = TokenCriteria(label=self.token) if self.token else None
        try:
            with open_pkcs11_session(str(self.module), token_criteria=criteria, user_pin=pin) as session:
                return _signed(session, digest, fingerprint)
        except (PKCS11Error, SigningError, OSError, RuntimeError) as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> ConfigurationError | SignatureError:
        if isinstance(error, token_errors.PinIncorrect | token_errors.PinInvalid | token_errors.PinLenRange):
            return SignatureError(
                "PINが違います / the card refuses the PIN", phase=_PHASE, remedy="cards lock after a few wrong ones"
            )
        if isinstance(error, token_errors.PinLocked):
            return SignatureError(
                "カードがロックされています / the card is locked", phase=_PHASE, remedy="ask who issued it"
            )
        if not self.module.is_file():
            return ConfigurationError(f"there is no {self.module}", phase=_PHASE, remedy="correct --module")
        return ConfigurationError(
            f"カードを読めません / the card cannot be read: {type(error).__name__}",
            phase=_PHASE,
            remedy="is it in the reader?",
        )


def _signed(session: Session, digest: bytes, fingerprint: str) -> bytes:
    held = _certificates(session)
    chosen = _chosen(held, fingerprint)
    signer = PKCS11Signer(
        session,
        signing_cert=chosen.certificate,
        ca_chain=[one.certificate for one in held if one.certificate.ca],
        key_id=chosen.key_id,
        use_raw_mechanism=chosen.certificate.public_key.algorithm == "ec",
    )
    made: bytes = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True)).dump()
    return made


def _chosen(held: list[_Held], fingerprint: str) -> _Held:
    """The one that the hub expects, else the one that is for signing: the hub says what is wrong with it."""
    usable = [one for one in held if one.may_commit]
    usable.sort(key=lambda one: one.certificate.sha256.hex() != fingerprint)
    if not usable:
        raise ConfigurationError(
            "署名用の証明書がカードにありません / no certificate for signing is on the card", phase=_PHASE
        )
    return usable[0]


def _certificates(session: Session) -> list[_Held]:
    found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    return [held for one in list(found) if (held := _held(one)) is not None]


def _held(found: Any) -> _Held | None:
    """None where what calls itself a certificate is none: a card holds what many have written to it."""
    try:
        certificate = asn1_x509.Certificate.load(found[Attribute.VALUE], strict=True)
        usage = certificate.key_usage_value
        commits = usage is not None and "non_repudiation" in usage.native and not certificate.ca
        return _Held(certificate, found[Attribute.ID], commits)
    except (PKCS11Error, ValueError, TypeError, KeyError):
        return None
