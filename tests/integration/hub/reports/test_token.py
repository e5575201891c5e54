"""The seal's key on a PKCS#11 token: SoftHSM stands for the hardware, and nothing but the library says so."""

import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydicom.dataset import Dataset
from pypdfium2 import PdfDocument

from dokuei.dicom.report_header import part10
from dokuei.dicom.signature import SignerKey, data_set_of, signatures_of
from dokuei.errors import ConfigurationError
from dokuei.hub.reports.sealing import Sealer, own_certificate, sealer
from dokuei.settings import SealSettings
from dokuei.storage.pki import write_secret
from tests.makers.softhsm import MODULE, PIN, needs_softhsm, new_token

pytestmark = needs_softhsm


@dataclass(frozen=True)
class Token:
    """A token with an RSA and an EC key, and the certificates that go with them."""

    folder: Path

    def settings(self, kind: str = "rsa", **changed: Any) -> SealSettings:
        """How a hub is told of it."""
        assert MODULE is not None
        named = {
            "certificate": self.folder / f"{kind}.pem",
            "token_module": MODULE,
            "token_label": "dokuei-seal",
            "token_key": kind,
            "token_pin_file": self.folder / "pin",
        }
        return SealSettings.model_validate({**named, **changed})


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    folder = tmp_path_factory.mktemp("token")
    write_secret(folder / "pin", PIN.encode() + b"\n")
    keys: dict[str, SignerKey] = {
        "rsa": rsa.generate_private_key(65_537, 2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
    }
    new_token("dokuei-seal", keys)
    for name, key in keys.items():
        certificate = own_certificate(key, "試験読影センター")
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Token(folder)


def opened(token: Token, kind: str = "rsa", **changed: Any) -> Sealer:
    return sealer(token.folder / "home", token.settings(kind, **changed), centre_name="試験読影センター")


def a_pdf() -> bytes:
    made = PdfDocument.new()
    made.new_page(200, 200)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_what_a_token_sealed_holds_and_its_key_is_in_no_file(token: Token, kind: str) -> None:
    """REC-14: PDF and object are signed by the token, again and again."""
    seal = opened(token, kind)
    for _ in range(2):
        verdict = seal.verify(seal.seal(a_pdf()).data)
        assert (verdict.good, verdict.trusted, verdict.modification_level) == (True, True, "NONE")
    bare = Dataset()
    bare.SOPClassUID, bare.SOPInstanceUID, bare.PatientID = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.3", "P1"
    plain = part10(bare)
    signed, _ = seal.sign_object(plain, at=datetime(2026, 11, 30, tzinfo=UTC), stamped=False)
    (signature,) = signatures_of(data_set_of(signed))
    assert signature.holds, signature
    known = x509.load_pem_x509_certificate((token.folder / f"{kind}.pem").read_bytes())
    assert signature.certificate == known
    assert not list(token.folder.glob("**/*.key"))


def test_each_thing_that_is_wrong_is_named_when_the_hub_starts(token: Token, tmp_path: Path) -> None:
    """No token, no key, another key's certificate, a PIN that is wrong, missing or readable by others."""
    wrong_pin, open_pin = tmp_path / "wrong", tmp_path / "open"
    write_secret(wrong_pin, b"0000")
    open_pin.write_text(PIN)
    open_pin.chmod(0o644)
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("refuses the PIN", {"token_pin_file": wrong_pin}),
        ("readable by others", {"token_pin_file": open_pin}),
        ("cannot read", {"token_pin_file": tmp_path / "nothing"}),
        ("is not there", {"token_label": "another"}),
        ("has no one key", {"token_key": "another"}),
        ("is not the certificate's", {"certificate": token.folder / "ec.pem"}),
        ("cannot read", {"certificate": tmp_path / "nothing.pem"}),
        ("there is no", {"token_module": tmp_path / "nothing.so"}),
    )
    for said, changed in cases:
        with pytest.raises(ConfigurationError, match=said):
            opened(token, **changed)
    assert opened(token).seal(a_pdf()).time_stamp == "none", "and the right one works after all of that"


def test_a_token_that_refused_the_pin_is_not_asked_again_until_the_file_changes(token: Token, tmp_path: Path) -> None:
    """A hub that is started again and again would lock it."""
    file = tmp_path / "pin"
    write_secret(file, b"0000")
    with pytest.raises(ConfigurationError, match="refuses the PIN"):
        opened(token, token_pin_file=file)
    known = file.stat()
    file.write_text(PIN)
    os.utime(file, ns=(known.st_atime_ns, known.st_mtime_ns))
    with pytest.raises(ConfigurationError, match="not asked again"):
        opened(token, token_pin_file=file)
    os.utime(file)
    assert opened(token, token_pin_file=file).seal(a_pdf()).time_stamp == "none"


@pytest.mark.parametrize(
    "left_out", [{"token_label": ""}, {"token_key": ""}, {"token_pin_file": None}, {"certificate": None}]
)
def test_half_a_setting_is_none(token: Token, left_out: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs certificate"):
        token.settings(**left_out)
