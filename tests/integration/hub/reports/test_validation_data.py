"""What vouches for a seal, asked of authorities that answer over HTTP, and kept in the sealed file (REC-20)."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
import typst
from asn1crypto import crl as asn1_crl
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from dokuei.errors import UnreachableError
from dokuei.hub.reports import archiving, fetching
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.revocation import kept_in
from dokuei.hub.reports.sealing import Sealer, sealer
from dokuei.settings import SealSettings
from tests.makers.authority import Authority, Issued, running_authority
from tests.makers.stamper import Stamper, running_stamper

HOUR = timedelta(hours=1)
BOTH = ("crl", "ocsp")


@dataclass
class World:
    """An authority for seals, one for time stamps, and a service that stamps."""

    seals: Authority
    stamps: Authority
    stamper: Stamper
    service: Issued
    folder: Path

    def sealer(self, *, says: tuple[str, ...] = BOTH, days: float = 300) -> tuple[Sealer, Issued]:
        issued = self.seals.issue("seal", says=says, days=days)
        chosen = SealSettings(
            certificate=issued.chain,
            private_key=issued.key_file,
            time_stamp_url=self.stamper.url,
            time_stamp_ca=self.stamps.file,
        )
        return sealer(self.folder, chosen, centre_name="試験読影センター"), issued


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("authorities")
    with running_authority(folder / "seals") as seals, running_authority(folder / "stamps", "Stamps") as stamps:
        service = stamps.issue("service", stamps=True)
        with running_stamper(folder, issued=service) as stamper:
            yield World(seals, stamps, stamper, service, folder)


@pytest.fixture
def world(made_once: World) -> World:
    for authority in (made_once.seals, made_once.stamps):
        authority.behave()
    return made_once


@pytest.fixture(scope="module")
def pdf() -> bytes:
    made = typst.Compiler(b'#set page(paper: "a4")\nfindings').compile(format="pdf")
    assert isinstance(made, bytes)
    return made


def offline(world: World, data: bytes) -> tuple[bool, str, str | None]:
    """What the file is worth with nothing at hand but itself and the two roots."""
    world.seals.asked.clear()
    verdict = verify_seal(
        data, trusted=certificates(world.seals.file), trusted_stampers=certificates(world.stamps.file)
    )
    assert world.seals.asked == []
    return verdict.good, verdict.level, verdict.revocation


@pytest.mark.parametrize(("says", "crls", "ocsps"), [(BOTH, 0, 2), (("crl",), 1, 1)])
def test_a_sealed_file_carries_what_shows_that_nothing_was_revoked(
    world: World, pdf: bytes, says: tuple[str, ...], crls: int, ocsps: int
) -> None:
    """REC-20: certificates and revocation data of seal and time stamp, under a document time stamp (PAdES B-LTA)."""
    seal, _ = world.sealer(says=says)
    sealed = seal.seal(pdf).data
    assert offline(world, sealed) == (True, "B-T", "lacking")
    archived = seal.archive(sealed).data
    assert archived is not None
    assert archived.startswith(sealed)
    assert offline(world, archived) == (True, "B-LTA", "kept")
    read = PdfFileReader(BytesIO(archived))
    kept = kept_in(read)
    assert (len(kept.crls), len(kept.ocsps)) == (crls, ocsps)
    assert {one.subject.native["common_name"] for one in kept.certificates} >= {"seal", "service", "Stamps"}
    assert len(read.root["/DSS"]["/VRI"]) == 1


def test_before_a_file_is_stamped_again_the_last_stamps_service_is_asked_anew(world: World, pdf: bytes) -> None:
    seal, _ = world.sealer()
    archived = seal.archive(seal.seal(pdf).data).data
    assert archived is not None
    world.stamps.asked.clear()
    world.seals.asked.clear()
    again = seal.archive(archived).data
    assert again is not None
    assert (world.stamps.asked, world.seals.asked) == (["ocsp"], [])
    verdict = seal.verify(again)
    assert (verdict.good, verdict.level, len(verdict.archive_stamps)) == (True, "B-LTA", 2)
    assert [(one.part, one.state) for one in verdict.standings] == [
        ("seal", "kept"),
        ("time_stamp", "kept"),
        ("archive_stamp", "kept"),
    ]


def test_an_authority_that_does_not_answer_is_waited_for_and_a_crl_does_where_ocsp_does_not(
    world: World, pdf: bytes
) -> None:
    seal, _ = world.sealer()
    sealed = seal.seal(pdf).data
    world.seals.silent = {"crl", "ocsp"}
    waiting = seal.archive(sealed)
    assert waiting.data is None
    assert [(one.part, one.state) for one in waiting.standings] == [("seal", "lacking"), ("time_stamp", "kept")]
    hurried = seal.archive(sealed, hurried=True).data
    assert hurried is not None
    assert offline(world, hurried) == (True, "B-T", "lacking")
    world.seals.silent = {"ocsp"}
    late = seal.archive(hurried).data
    assert late is not None
    assert offline(world, late) == (True, "B-LTA", "kept")


def test_what_a_stranger_signs_or_is_out_of_date_counts_for_nothing(world: World, pdf: bytes) -> None:
    seal, _ = world.sealer()
    sealed = seal.seal(pdf).data
    world.seals.stranger = world.stamps
    world.seals.silent = {"crl"}
    assert seal.archive(sealed).data is None
    assert seal.standing(at=datetime.now(UTC)).state == "lacking"
    world.seals.stranger, world.seals.silent, world.seals.out_of_date = None, set(), True
    waiting = seal.archive(sealed)
    assert waiting.data is None
    assert waiting.standings[0].state == "lacking"
    world.seals.out_of_date = False
    assert seal.archive(sealed).data is not None


def test_who_is_too_slow_has_a_list_and_what_cannot_be_read_says_nothing(
    world: World, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "asking", partial(fetching.asking, seconds=0.5))
    seal, _ = world.sealer()
    sealed = seal.seal(pdf).data
    world.seals.seconds = 1.5
    archived = seal.archive(sealed).data
    assert archived is not None
    assert len(kept_in(PdfFileReader(BytesIO(archived))).crls) == 1
    world.seals.silent = {"crl"}
    assert seal.archive(sealed).standings[0].state == "lacking"
    world.seals.behave()
    world.seals.garbage = True
    assert seal.archive(sealed).standings[0].state == "lacking"
    assert seal.standing(at=datetime.now(UTC)).state == "lacking"


@pytest.mark.parametrize("says", [("crl",), ("ocsp",)])
def test_a_revocation_counts_from_its_own_time_on(world: World, pdf: bytes, says: tuple[str, ...]) -> None:
    seal, issued = world.sealer(says=says)
    before = seal.seal(pdf).data
    archived = seal.archive(before).data
    assert archived is not None
    soon = datetime.now(UTC) + timedelta(seconds=5)
    world.seals.revoke(issued.certificate, at=soon)
    assert seal.standing(at=soon - timedelta(seconds=2)).state == "kept"
    assert seal.standing(at=soon + timedelta(seconds=2)).state == "revoked"
    assert offline(world, archived) == (True, "B-LTA", "kept"), "sealed and stamped before"
    assert seal.archive(before).standings[0].state == "kept", "its own time stamp is older than the revocation"
    world.seals.revoke(issued.certificate, at=datetime.now(UTC) - HOUR)
    after = seal.archive(seal.seal(pdf).data)
    assert after.data is None
    assert after.standings[0].state == "revoked"
    assert after.standings[0].revoked_at is not None


def test_a_file_whose_own_data_say_that_its_seal_was_revoked_is_refused(world: World, pdf: bytes) -> None:
    seal, issued = world.sealer()
    archived = seal.archive(seal.seal(pdf).data).data
    assert archived is not None
    world.seals.revoke(issued.certificate, at=datetime.now(UTC) - HOUR)
    crl = x509.load_der_x509_crl(world.seals.crl())
    assert crl.get_revoked_certificate_by_serial_number(issued.certificate.serial_number) is not None
    refused = with_data_of(world, seal, pdf)
    verdict = seal.verify(refused)
    assert not verdict.good
    assert verdict.intact
    assert verdict.revocation == "revoked"


def with_data_of(world: World, seal: Sealer, pdf: bytes) -> bytes:
    """A file of somebody else's making: sealed after the revocation, and honest about it."""
    out = BytesIO(seal.seal(pdf).data)
    said = asn1_crl.CertificateList.load(world.seals.crl())
    DocumentSecurityStore.add_dss(out, None, certs=certificates(world.seals.file), crls=[said])
    return out.getvalue()


def test_a_time_stamp_service_that_only_stopped_leaves_its_stamps_whole_and_one_that_was_broken_does_not(
    world: World, pdf: bytes
) -> None:
    """RFC 3161 4.1."""
    seal, _ = world.sealer()
    sealed = seal.seal(pdf).data
    time.sleep(1.1)  # a revocation is told to the second, and this one is after the time stamp and before now
    world.stamps.revoke(world.service.certificate, reason=x509.ReasonFlags.cessation_of_operation)
    assert seal.archive(sealed).standings[1].state == "kept"
    world.stamps.revoke(world.service.certificate, reason=x509.ReasonFlags.key_compromise)
    assert seal.archive(sealed).standings[1].state == "revoked"


def test_a_seal_whose_certificate_has_ended_since_is_judged_as_of_its_time_stamp(world: World, pdf: bytes) -> None:
    seal, issued = world.sealer(days=2 / 86_400)
    sealed = seal.seal(pdf).data
    time.sleep(max(0.0, (issued.certificate.not_valid_after_utc - datetime.now(UTC)).total_seconds()) + 1.1)
    assert seal.standing(at=datetime.now(UTC)).why == "the certificate had ended"
    archived = seal.archive(sealed).data
    assert archived is not None
    assert offline(world, archived) == (True, "B-LTA", "kept")
    assert offline(world, seal.seal(pdf).data)[0] is False, "sealed after the end"


def test_a_key_that_vouches_for_itself_asks_nobody(world: World, pdf: bytes, tmp_path: Path) -> None:
    """The seal that ``dokuei up`` makes: a normal state that shows."""
    chosen = SealSettings(time_stamp_url=world.stamper.url, time_stamp_ca=world.stamps.file)
    seal = sealer(tmp_path / "own", chosen, centre_name="試験読影センター")
    assert seal.standing(at=datetime.now(UTC)).state == "unpublished"
    archived = seal.archive(seal.seal(pdf).data).data
    assert archived is not None
    verdict = seal.verify(archived)
    assert (verdict.good, verdict.level) == (True, "B-LTA")
    assert [one.state for one in verdict.standings] == ["unpublished", "kept"]
    assert world.seals.asked == []


def test_a_service_that_does_not_stamp_is_told_apart_from_data_that_are_lacking(world: World, pdf: bytes) -> None:
    seal, _ = world.sealer()
    sealed = seal.seal(pdf).data
    object.__setattr__(seal, "time_stamp_url", world.seals.address)
    with pytest.raises(UnreachableError, match="did not stamp"):
        seal.archive(sealed)
