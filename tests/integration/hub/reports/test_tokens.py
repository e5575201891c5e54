"""The certified timestamp of a structured report's signature (PS3.3 C.12.1.1.3.1.3), made by a service on loopback."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import EnhancedSRStorage

from dokuei.dicom.report_header import part10
from dokuei.dicom.signature import data_set_of, signatures_of, signed_file
from dokuei.hub.reports.examining import Trusted, examine
from dokuei.hub.reports.pades_verify import certificates
from dokuei.hub.reports.sealing import Sealer, sealer
from dokuei.hub.reports.tokens import judged, token_over
from dokuei.settings import SealSettings
from tests.makers.archive import image
from tests.makers.authority import running_authority
from tests.makers.stamper import running_stamper

AT = datetime.now(UTC)


@dataclass
class Stamped:
    """A signed object with its time stamp, and who is believed."""

    seal: Sealer
    data: bytes
    authority: Path
    address: str


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stamped]:
    folder = tmp_path_factory.mktemp("tokens")
    with running_authority(folder / "authority") as authority:
        issued, service = authority.issue("seal"), authority.issue("service", stamps=True)
        with running_stamper(folder, issued=service) as stamper:
            chosen = SealSettings(
                certificate=issued.chain,
                private_key=issued.key_file,
                time_stamp_url=stamper.url,
                time_stamp_ca=authority.file,
            )
            seal = sealer(folder, chosen, centre_name="試験読影センター")
            data, state = seal.sign_object(unsigned(), at=AT, stamped=True)
            assert state == "stamped"
            yield Stamped(seal, data, authority.file, stamper.url)


def unsigned() -> bytes:
    """An object with the head of a structured report; what stands in it is another test's."""
    made = image(study="1.2.3", series="1.2.4")
    made.Modality = "SR"
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = EnhancedSRStorage
    del made.PixelData
    return part10(made)


def with_a_token_of_elsewhere(stamped: Stamped) -> bytes:
    """The same object by the same key, with a time stamp that is real and another signature's."""
    files = stamped.seal.files
    key = load_pem_private_key(files.private_key.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    elsewhere = token_over(b"another signature", url=stamped.address, trusted=certificates(stamped.authority))
    assert elsewhere is not None
    return signed_file(unsigned(), key=key, certificate=certificate, at=AT, stamp=lambda _: elsewhere)


def remarks(stamped: Stamped, data: bytes) -> dict[str, str]:
    trusted = Trusted((stamped.authority,), (stamped.authority,))
    return {one.code: one.weight for one in examine(data, trusted=trusted).remarks}


def test_the_signature_carries_a_token_over_its_value_and_the_time_is_named(stamped: Stamped) -> None:
    """REC-18: of the structured report, too."""
    (item,) = dcmread(io.BytesIO(stamped.data)).DigitalSignaturesSequence
    assert item.CertifiedTimestampType == "CMS_TSP"
    (signature,) = signatures_of(data_set_of(stamped.data))
    assert signature.holds
    assert signature.token is not None
    found = judged(signature.token, over=bytes(item.Signature), trusted=certificates(stamped.authority))
    assert found.good
    assert found.at is not None
    assert abs((datetime.now(UTC) - found.at).total_seconds()) < 600
    assert remarks(stamped, stamped.data)["time_stamp"] == "good"


def test_a_token_over_other_bytes_of_a_stranger_or_of_another_kind_is_refused(stamped: Stamped) -> None:
    (signature,) = signatures_of(data_set_of(stamped.data))
    assert signature.token is not None
    trusted = certificates(stamped.authority)
    assert not judged(signature.token, over=b"something else", trusted=trusted).good
    strangers = certificates(stamped.seal.files.certificate)[:1]
    assert not judged(signature.token, over=signature.value, trusted=strangers).good
    assert not judged(b"no token", over=signature.value, trusted=trusted).good
    other = stamped.data.replace(b"CMS_TSP ", b"CMS_TS  ")
    assert other != stamped.data
    assert remarks(stamped, other)["time_stamp_unknown"] == "bad"
    assert remarks(stamped, with_a_token_of_elsewhere(stamped))["time_stamp_unknown"] == "bad"


def test_any_changed_bit_of_what_the_token_says_is_found(stamped: Stamped) -> None:
    (signature,) = signatures_of(data_set_of(stamped.data))
    token = signature.token
    assert token is not None
    trusted = certificates(stamped.authority)
    at = judged(token, over=signature.value, trusted=trusted).at
    assert at is not None
    said = token.index(f"{at:%Y%m%d%H%M%S}".encode())

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(position=st.integers(said, said + 13), bit=st.integers(0, 7))
    def judge(position: int, bit: int) -> None:
        changed = bytearray(token)
        changed[position] ^= 1 << bit
        assert not judged(bytes(changed), over=signature.value, trusted=trusted).good

    judge()


def test_without_the_service_the_object_goes_out_without_and_says_so(stamped: Stamped) -> None:
    silent = replace(stamped.seal, time_stamp_url="http://127.0.0.1:9/")
    data, state = silent.sign_object(unsigned(), at=AT, stamped=True)
    assert state == "missing"
    assert silent.sign_object(unsigned(), at=AT, stamped=False)[1] == "missing"
    assert replace(stamped.seal, time_stamp_url="").sign_object(unsigned(), at=AT, stamped=True)[1] == "none"
    (signature,) = signatures_of(data_set_of(data))
    assert signature.holds
    assert signature.token is None
    assert "time_stamp" not in remarks(stamped, data)


@pytest.mark.peer
def test_another_makers_program_verifies_the_time_stamp(stamped: Stamped, tmp_path: Path) -> None:
    """REC-18: dcmtk demands a certified timestamp and finds that it holds."""
    if shutil.which("dcmsign") is None:
        pytest.skip("dcmtk is not installed")
    bare, _ = stamped.seal.sign_object(unsigned(), at=AT, stamped=False)
    for name, data, passes in (
        ("stamped", stamped.data, True),
        ("bare", bare, False),
        ("swapped", with_a_token_of_elsewhere(stamped), False),
    ):
        path = tmp_path / f"{name}.dcm"
        path.write_bytes(data)
        command = ["dcmsign", "--verify", "+tr", "+cf", str(stamped.authority), str(path)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert (done.returncode == 0) is passes, (name, done.stderr)


def test_the_seals_own_certificate_is_the_one_in_the_object(stamped: Stamped) -> None:
    (signature,) = signatures_of(data_set_of(stamped.data))
    chain = x509.load_pem_x509_certificates(stamped.seal.files.certificate.read_bytes())
    assert signature.certificate == chain[0]
