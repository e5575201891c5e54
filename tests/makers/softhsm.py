"""Tokens of SoftHSM: they stand for hardware, and nothing but the library says so."""

import atexit
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate
from pkcs11 import Attribute, CertificateType, ObjectClass, lib

from dokuei.dicom.signature import SignerKey
from dokuei.storage.pki import private_pem, write_secret

_MODULES = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"))
MODULE = next((file for file in _MODULES if file.exists()), None)
PIN = "4711-0815"
needs_softhsm = pytest.mark.skipif(MODULE is None, reason="softhsm2 is not installed (setup/system.sh test)")


@lru_cache(maxsize=1)
def _store() -> Path:
    """One store for a whole process: the library reads where it is once."""
    folder = Path(mkdtemp(prefix="dokuei-softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    return folder


def new_token(label: str, keys: dict[str, SignerKey]) -> None:
    """A token that holds these keys, each under its name; the library looks for tokens anew."""
    folder = _store()
    _softhsm("--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN)
    for number, (name, key) in enumerate(keys.items(), 1):
        write_secret(folder / "key.pem", private_pem(key))
        made = ("--id", f"0{number}", "--label", name, "--import", str(folder / "key.pem"))
        _softhsm(*made, "--token", label, "--pin", PIN)
        (folder / "key.pem").unlink()
    lib(str(MODULE)).reinitialize()


def put_certificate(token: str, number: int, certificate: Certificate) -> None:
    """A certificate beside the token's key of that number, as a card has it."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    read = asn1_x509.Certificate.load(der)
    with lib(str(MODULE)).get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.CERTIFICATE,
                Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                Attribute.TOKEN: True,
                Attribute.ID: bytes([number]),
                Attribute.LABEL: f"certificate {number}",
                Attribute.SUBJECT: read.subject.dump(),
                Attribute.VALUE: der,
            }
        )


def _softhsm(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
