"""The seal (PAdES): what passes, and every change that must not."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pypdfium2
import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from dokuei.clock import monotonic
from dokuei.errors import ConfigurationError, UnreachableError
from dokuei.hub.reports.model import digest_of
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.patience import Patience
from dokuei.hub.reports.physician_pdf import filled, prepare
from dokuei.hub.reports.sealing import Sealer, sealer
from dokuei.hub.reports.typesetting import typeset
from dokuei.hub.reports.wording import canonical_bytes
from dokuei.settings import SealSettings
from tests.makers.hpki import HpkiAuthority
from tests.makers.report_document import SIGNATURE, known_images, report_document
from tests.makers.stamper import Lie, honest, running_stamper


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return sealer(tmp_path_factory.mktemp("home"), SealSettings(), centre_name="試験読影センター")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    images = known_images(4)
    document = report_document(images)
    digest = digest_of(canonical_bytes(document))
    return typeset(document, images=images, signature=SIGNATURE, digest=digest, time_zone="Asia/Tokyo")


@pytest.fixture(scope="module")
def sealed(seal: Sealer, pdf: bytes) -> bytes:
    return seal.seal(pdf).data


def test_a_sealed_report_is_good_trusted_and_unchanged(seal: Sealer, sealed: bytes) -> None:
    verdict = seal.verify(sealed)
    assert verdict.good
    assert verdict.intact
    assert verdict.trusted
    assert verdict.modification_level == "NONE"
    assert b"/ETSI.CAdES.detached" in sealed


def test_the_seal_is_made_with_sha256(sealed: bytes) -> None:
    """REC-16: SHA-256 or stronger, never MD5 or SHA-1."""
    signature = PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0]
    assert signature.md_algorithm == "sha256"


def test_any_flipped_bit_in_the_signed_ranges_is_found(seal: Sealer, sealed: bytes) -> None:
    first, length, second, rest = (
        int(n) for n in PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0].sig_object["/ByteRange"]
    )
    assert first == 0
    assert second + rest == len(sealed)
    covered = st.one_of(st.integers(0, length - 1), st.integers(second, second + rest - 1))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(position=covered, bit=st.integers(0, 7))
    def judge(position: int, bit: int) -> None:
        changed = bytearray(sealed)
        changed[position] ^= 1 << bit
        assert not seal.verify(bytes(changed)).good

    judge()


def test_a_page_turned_by_an_incremental_update_is_refused_though_the_signature_holds(
    seal: Sealer, sealed: bytes
) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = NumberObject(180)  # type: ignore[no-untyped-call] # pyHanko leaves it untyped
    writer.update_container(page)
    changed = io.BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call] # as above
    verdict = seal.verify(changed.getvalue())
    assert verdict.intact
    assert verdict.modification_level == "OTHER"
    assert not verdict.good


def test_bytes_added_behind_the_end_are_refused(seal: Sealer, sealed: bytes) -> None:
    assert not seal.verify(sealed + b"\n% added\n").good


def test_an_unsealed_file_a_file_of_another_key_and_no_pdf_at_all_are_refused(
    seal: Sealer, pdf: bytes, tmp_path: Path
) -> None:
    stranger = sealer(tmp_path, SealSettings(), centre_name="よその人")
    assert not seal.verify(pdf).good
    foreign = seal.verify(stranger.seal(pdf).data)
    assert foreign.intact
    assert not foreign.trusted
    assert not foreign.good
    for nonsense in (b"", b"%PDF-1.7\n", os.urandom(5000), pdf[:2000]):
        assert not seal.verify(nonsense).good


def test_the_sealing_key_is_made_once_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = sealer(tmp_path, SealSettings(), centre_name="試験読影センター")
    again = sealer(tmp_path, SealSettings(), centre_name="試験読影センター")
    assert first.files == again.files
    assert first.files.private_key.stat().st_mode & 0o777 == 0o600
    certificate = x509.load_pem_x509_certificate(first.files.certificate.read_bytes())
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    first.files.private_key.chmod(0o644)
    with pytest.raises(ConfigurationError, match="readable by others"):
        sealer(tmp_path, SealSettings(), centre_name="試験読影センター")


def test_hub_processes_that_start_at_once_end_up_with_one_sealing_key(tmp_path: Path) -> None:
    """Readers', gateways' and worker's processes each open the seal of a new home."""
    start = (
        "import sys; from pathlib import Path\n"
        "from dokuei.hub.reports.sealing import sealer\n"
        "from dokuei.settings import SealSettings\n"
        "sys.stdin.read()\n"
        "files = sealer(Path(sys.argv[1]), SealSettings(), centre_name='x').files\n"
        "sys.stdout.write(files.certificate.read_text() + files.private_key.read_text())\n"
    )
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([sys.executable, "-c", start, str(tmp_path)], stdin=pipe, stdout=pipe) for _ in range(6)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    read = {process.communicate(timeout=60)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 6
    assert len(read) == 1
    (pair,) = read
    certificate, key = x509.load_pem_x509_certificate(pair), serialization.load_pem_private_key(pair, None)
    assert certificate.public_key() == key.public_key()
    assert {path.name for path in (tmp_path / "hub" / "seal").iterdir()} == {".lock", "seal.key", "seal.pem"}


@pytest.fixture
def stamped(tmp_path: Path) -> Iterator[Sealer]:
    with running_stamper(tmp_path) as service:
        chosen = SealSettings(time_stamp_url=service.url, time_stamp_ca=service.certificate)
        yield sealer(tmp_path, chosen, centre_name="試験読影センター")


def test_a_time_stamp_covers_the_seal_and_its_issuer_must_be_trusted(stamped: Sealer, pdf: bytes) -> None:
    """REC-18: the stamp comes from a service that is named in the settings, never from this machine's clock."""
    made = stamped.seal(pdf)
    assert made.time_stamp == "stamped"
    assert stamped.verify(made.data).good
    own = certificates(stamped.files.certificate)
    assert not verify_seal(made.data, trusted=own).good


def test_a_physicians_signature_before_the_seal_outlives_its_card_by_the_stamps_behind(
    stamped: Sealer, pdf: bytes
) -> None:
    """REC-17, REC-20: sealed and stamped behind it, both hold; without the seal it is no report of ours."""
    authority = HpkiAuthority()
    card = authority.card()
    prepared = prepare(pdf, name="Dokuei Hanako", reason="x")
    sealed = stamped.seal(filled(prepared, card.sign(prepared.digest))).data
    again = _archived(stamped, _archived(stamped, sealed))
    assert again.startswith(sealed)
    verdict = verify_seal(
        again,
        trusted=certificates(stamped.files.certificate),
        trusted_stampers=certificates(stamped.time_stamp_ca or Path()),
        physicians=(asn1_x509.Certificate.load(unarmored(authority.pem)),),
    )
    assert (verdict.good, verdict.level, verdict.stamp_good) == (True, "B-LTA", True)
    assert verdict.physician is not None
    assert (verdict.physician.intact, verdict.physician.trusted) == (True, True)
    assert verify_seal(filled(prepared, card.sign(prepared.digest)), trusted=()).why == "not one seal of ours"


def _archived(stamped: Sealer, pdf: bytes) -> bytes:
    data = stamped.archive(pdf).data
    assert data is not None
    return data


def unarmored(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def test_without_the_time_stamp_service_the_report_is_sealed_and_says_so(tmp_path: Path, pdf: bytes) -> None:
    with running_stamper(tmp_path) as service:
        gone = SealSettings(time_stamp_url=service.url, time_stamp_ca=service.certificate)
    seal = sealer(tmp_path, gone, centre_name="試験読影センター")
    made = seal.seal(pdf)
    assert made.time_stamp == "missing"
    assert seal.verify(made.data).good


def test_a_service_that_hangs_holds_nobody_up_for_long_and_the_next_signatures_not_at_all(
    tmp_path: Path, seal: Sealer, pdf: bytes
) -> None:
    asked: list[float] = []
    answers = threading.Event()

    def hang(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
        asked.append(monotonic())
        answers.wait(30)
        return honest(service, request)

    with running_stamper(tmp_path, lie=hang) as service:
        patience = Patience()
        asking = replace(seal, time_stamp_url=service.url, time_stamp_ca=service.certificate, patience=patience)
        began = monotonic()
        assert asking.seal(pdf).time_stamp == "missing"
        assert monotonic() - began < 5
        made = asking.seal(pdf)
        assert (made.time_stamp, len(asked)) == ("missing", 1)
        assert asking.verify(made.data).good
        answers.set()
        assert asking.verify(_archived(asking, made.data)).archive_stamps, "it follows"
        patience.over_until = 0.0
        assert asking.seal(pdf).time_stamp == "stamped"


def _over_other_bytes(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
    request["message_imprint"]["hashed_message"] = b"\1" * 32
    return honest(service, request)


def _to_another_question(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
    request["nonce"] = 7
    return honest(service, request)


def _larger_than_any(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
    made = service.request_tsa_response(request)
    for _ in range(40):
        made["time_stamp_token"]["content"]["certificates"].append(
            cms.CertificateChoices("certificate", service.tsa_cert)
        )
    answer: bytes = made.dump(force=True)
    return answer


def _by_a_stranger(_: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
    with TemporaryDirectory() as folder, running_stamper(Path(folder)) as other:
        return httpx.post(other.url, content=request.dump()).content


def test_a_time_stamp_that_does_not_hold_is_none_and_the_report_is_final_all_the_same(
    tmp_path: Path, seal: Sealer, pdf: bytes
) -> None:
    lies: list[Lie] = [
        lambda *_: b"<html>welcome</html>",
        _over_other_bytes,
        _to_another_question,
        _larger_than_any,
        _by_a_stranger,
    ]
    told: list[Lie] = []

    def lie(service: DummyTimeStamper, request: tsp.TimeStampReq) -> bytes:
        return told[-1](service, request)

    with running_stamper(tmp_path, lie=lie) as service:
        asking = replace(seal, time_stamp_url=service.url, time_stamp_ca=service.certificate)
        for one in lies:
            told.append(one)
            made = asking.seal(pdf)
            assert made.time_stamp == "missing"
            assert asking.verify(made.data).good
        with pytest.raises(UnreachableError):
            asking.archive(made.data)


def test_a_time_stamp_service_without_its_issuer_is_a_setting_that_cannot_be_worked_with(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="vouches"):
        sealer(tmp_path, SealSettings(time_stamp_url="http://127.0.0.1:9/"), centre_name="x")


def test_the_sealed_file_still_shows_every_word(sealed: bytes) -> None:
    page = pypdfium2.PdfDocument(sealed)[0]
    text = page.get_textpage().get_text_range().replace("\r\n", "\n")
    for word in ("山田 花子", "右 U 領域に腫瘤", "悪性の疑い", "一次診断用ではありません", "Not for primary diagnosis"):
        assert word.replace(" ", "") in text.replace(" ", "")
