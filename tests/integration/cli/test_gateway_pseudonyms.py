"""What leaves the hospital under pseudonyms, and who stands behind one, from the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import NotFoundError
from dokuei.gateway.pseudonyms import note_patient, open_key
from dokuei.gateway.spool import open_spool
from dokuei.storage.audit import gateway_trail
from tests.makers.objects import image, noise, save


def _run(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(
        build(["gateway"]), ["gateway", "pseudonyms", *arguments, "--home", str(home)], env={"COLUMNS": "200"}
    )
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.mark.parametrize(("language", "words"), [("ja", "構造化レポート"), ("en", "structured reports")])
def test_the_options_are_told_with_their_meaning(tmp_path: Path, language: str, words: str) -> None:
    (tmp_path / "dokuei.toml").write_text(f'language = "{language}"\n[gateway.pseudonyms]\ndates = "shift"\n')
    open_spool(tmp_path).close()
    said = _run(tmp_path)
    assert '"shift"' in said
    assert words in said


def test_staff_finds_the_patient_behind_a_pseudonym_and_it_is_audited(tmp_path: Path) -> None:
    """JRS-11: the hospital keeps the key."""
    file = save(
        tmp_path / "a.dcm",
        image(
            noise((8, 9)), SpecificCharacterSet="ISO_IR 192", PatientName="YAMADA^HANAKO=山田^花子", PatientID="0012345"
        ),
    )
    spool = open_spool(tmp_path)
    pseudonyms = Pseudonyms(open_key(tmp_path, spool.database))
    pseudonym = pseudonyms.patient("0012345", "", "")
    note_patient(spool.database, file, pseudonyms, "2.25.1")
    said = _run(tmp_path, "--of", pseudonym)
    assert "0012345" in said
    assert "山田^花子" in said
    with spool.database.read() as connection:
        assert [one.subject for one in gateway_trail.named(connection, "pseudonym.looked-up")] == [pseudonym]
    with pytest.raises(NotFoundError, match="no study"):
        _run(tmp_path, "--of", "P-0000")
    spool.close()
