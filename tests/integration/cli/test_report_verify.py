"""``dokuei report verify`` as people call it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from dokuei.hub.reports.model import digest_of
from dokuei.hub.reports.sealing import Sealer, sealer
from dokuei.hub.reports.typesetting import typeset
from dokuei.hub.reports.wording import canonical_bytes
from dokuei.settings import SealSettings
from tests.makers.authority import running_authority
from tests.makers.hpki import hpki_like
from tests.makers.reading import made_sealer
from tests.makers.report_document import SIGNATURE, known_images, report_document
from tests.makers.stamper import running_stamper


@dataclass
class Sealed:
    """A sealed report in a file, and whose seal it is."""

    file: Path
    seal: Sealer

    def verify(self, *arguments: str, file: Path | None = None) -> tuple[int, str]:
        command = [sys.executable, "-m", "dokuei", "report", "verify", str(file or self.file), *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "DOKUEI_HOME"}
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, env=environment, cwd=self.file.parent
        )
        return done.returncode, done.stdout + done.stderr


def unsealed() -> bytes:
    images = known_images(2)
    document = report_document(images)
    digest = digest_of(canonical_bytes(document))
    return typeset(document, images=images, signature=SIGNATURE, digest=digest, time_zone="Asia/Tokyo")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("report")
    seal = made_sealer(folder, SealSettings())
    file = folder / "report.pdf"
    file.write_bytes(seal.seal(unsealed()).data)
    return Sealed(file, seal)


def test_it_says_in_both_languages_whether_a_report_stands(sealed: Sealed) -> None:
    certificate = ("--ca", str(sealed.seal.files.certificate))
    code, said = sealed.verify(*certificate)
    assert (code, said.splitlines()[-1]) == (0, "真正です")
    code, said = sealed.verify(*certificate, "--language", "en")
    assert (code, said.splitlines()[-1]) == (0, "it stands")
    code, said = sealed.verify()
    assert code == 1
    assert "信頼できない証明書です" in said
    assert said.splitlines()[-1] == "真正と確認できません"
    changed = sealed.file.with_name("changed.pdf")
    data = bytearray(sealed.file.read_bytes())
    data[1000] ^= 1
    changed.write_bytes(data)
    code, said = sealed.verify(*certificate, "--json", file=changed)
    found = json.loads(said)
    assert (code, found["stands"]) == (1, False)
    code, said = sealed.verify(file=sealed.file.with_name("nothing.pdf"))
    assert code == 1
    assert "is no file" in said


def test_the_licence_that_a_certificate_vouches_for_is_shown(sealed: Sealed, tmp_path: Path) -> None:
    """REC-17: hcRole of an HPKI-like certificate."""
    files = hpki_like(tmp_path, role="Medical Doctor")
    chosen = SealSettings(certificate=files.certificate, private_key=files.private_key)
    own = sealer(tmp_path, chosen, centre_name="x").seal(unsealed()).data
    file = tmp_path / "own.pdf"
    file.write_bytes(own)
    code, said = sealed.verify("--ca", str(files.certificate), "--language", "en", file=file)
    assert code == 0, said
    assert "licence that the certificate vouches for (hcRole): Medical Doctor" in said


def test_the_level_and_what_the_file_shows_of_revocations_are_named(tmp_path: Path) -> None:
    """REC-20: offline, as of the time stamp."""
    with running_authority(tmp_path / "authority") as authority:
        issued, service = authority.issue("seal"), authority.issue("service", stamps=True)
        with running_stamper(tmp_path, issued=service) as stamper:
            chosen = SealSettings(
                certificate=issued.chain,
                private_key=issued.key_file,
                time_stamp_url=stamper.url,
                time_stamp_ca=authority.file,
            )
            seal = sealer(tmp_path, chosen, centre_name="x")
            stamped = seal.seal(unsealed()).data
            archived = seal.archive(stamped).data
    assert archived is not None
    found = {}
    for name, data in (("stamped", stamped), ("archived", archived)):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(data)
        trusted = ("--ca", str(authority.file), "--tsa", str(authority.file))
        code, found[name] = Sealed(file, seal).verify(*trusted, "--language", "en")
        assert code == 0, found[name]
    assert "level that it has reached: PAdES B-T\n" in found["stamped"]
    assert "does not show whether it was revoked: the seal's certificate: its issuer did not say" in found["stamped"]
    assert "level that it has reached: PAdES B-LTA\n" in found["archived"]
    assert "✓ the file shows that it was not revoked: the seal's certificate\n" in found["archived"]
