"""A seal key that never leaves its token or HSM (PKCS#11): opened for one signature at a time, judged at the start."""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pkcs11 import ObjectClass, Session
from pkcs11 import exceptions as token_errors
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from dokuei.errors import ConfigurationError, SignatureError

_PHASE: Final = "opening the seal"
_PROBE: Final = b"dokuei: is this the seal's key?"
_ONE_AT_A_TIME: Final = Lock()  # a token is signed in to once in a process


@dataclass(frozen=True)
class TokenKey:
    """Which key on which token, what opens it, and the certificate chain that goes with it, the seal's first."""

    module: Path
    token: str
    key: str
    pin_file: Path
    chain: tuple[bytes, ...]
    refusal: Path
    """Where it is kept that the token refused the PIN: a program that is started again and again must not lock it."""

    @contextmanager
    def opened(self) -> Iterator[PKCS11Signer]:
        """The key as pyHanko signs with it; nobody else uses the token meanwhile.

        Raises:
            ConfigurationError: module, token, PIN or key is not what is set.
        """
        with _ONE_AT_A_TIME, self._alone():
            pin = self._pin()
            if self.refusal.read_text() == self._stamp():
                raise self._wrong_pin()
            try:
                session = open_pkcs11_session(
                    str(self.module), token_criteria=TokenCriteria(label=self.token), user_pin=pin
                )
            except (PKCS11Error, OSError, RuntimeError) as error:
                raise self._refused(error) from error
            with session:
                self._demand_key(session)
                first, *others = (_certificate(one) for one in self.chain)
                yield PKCS11Signer(
                    session,
                    signing_cert=first,
                    ca_chain=others,
                    key_label=self.key,
                    use_raw_mechanism=first.public_key.algorithm == "ec",
                )

    def sign_sha256(self, data: bytes) -> bytes:
        """A signature over SHA-256 of the data: PKCS #1 v1.5, or ECDSA in DER.

        Raises:
            ConfigurationError: the key is not there.
            SignatureError: the token did not sign.
        """
        with self.opened() as signer:
            try:
                return asyncio.run(signer.async_sign_raw(data, "sha256"))
            except (PKCS11Error, SigningError) as error:
                raise SignatureError(
                    f"the token did not sign: {type(error).__name__}", phase="sealing", remedy="is it plugged in?"
                ) from error

    def demand_fits(self) -> None:
        """Refuse a token that is not there, does not open, or holds another key than the certificate's.

        Raises:
            ConfigurationError: with what is wrong.
        """
        public = x509.load_der_x509_certificate(self.chain[0]).public_key()
        try:
            signature = self.sign_sha256(_PROBE)
            if isinstance(public, rsa.RSAPublicKey):
                public.verify(signature, _PROBE, padding.PKCS1v15(), SHA256())
            elif isinstance(public, ec.EllipticCurvePublicKey):
                public.verify(signature, _PROBE, ec.ECDSA(SHA256()))
            else:
                raise ConfigurationError("a key of this kind seals nothing", phase=_PHASE, remedy="use RSA or ECDSA")
        except (InvalidSignature, SignatureError) as error:
            raise ConfigurationError(
                f"the key {self.key} on the token is not the certificate's",
                phase=_PHASE,
                remedy="set seal.certificate to the one of that key, or token_key to its label",
            ) from error

    def _demand_key(self, session: Session) -> None:
        try:
            session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.key)
        except PKCS11Error as error:
            raise ConfigurationError(
                f"the token {self.token} has no one key {self.key}", phase=_PHASE, remedy="correct seal.token_key"
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Every process of the hub opens the token at its start: the first one that is refused tells the others."""
        self.refusal.parent.mkdir(parents=True, exist_ok=True)
        with self.refusal.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _stamp(self) -> str:
        """Which PIN file it was, without a word about the PIN."""
        known = self.pin_file.stat()
        return f"{known.st_ino} {known.st_mtime_ns}"

    def _wrong_pin(self) -> ConfigurationError:
        return ConfigurationError(
            "the token refuses the PIN",
            phase=_PHASE,
            remedy=f"correct {self.pin_file}; until then the token is not asked again, since some lock",
        )

    def _pin(self) -> str:
        try:
            mode = self.pin_file.stat().st_mode
            pin = self.pin_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(
                f"cannot read {self.pin_file}", phase=_PHASE, remedy="write the token's PIN into it, mode 600"
            ) from error
        if mode & 0o077:
            raise ConfigurationError(f"{self.pin_file} is readable by others", phase=_PHASE, remedy="chmod 600")
        return pin

    def _refused(self, error: Exception) -> ConfigurationError:
        if isinstance(error, token_errors.PinIncorrect | token_errors.PinInvalid | token_errors.PinLenRange):
            self.refusal.write_text(self._stamp())
            return self._wrong_pin()
        if isinstance(error, token_errors.PinLocked):
            return ConfigurationError("the token is locked", phase=_PHASE, remedy="unlock it with its maker's tools")
        if not self.module.is_file():
            return ConfigurationError(f"there is no {self.module}", phase=_PHASE, remedy="correct seal.token_module")
        return ConfigurationError(
            f"the token {self.token} is not there: {type(error).__name__}", phase=_PHASE, remedy="is it plugged in?"
        )


def chain_of(file: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file, as DER.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        found = tuple(der for _, _, der in asn1_pem.unarmor(file.read_bytes(), multiple=True))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot read {file}", phase=_PHASE, remedy="correct [seal]") from error
    return found


def _certificate(der: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(der)
