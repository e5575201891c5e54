"""What became of an object on its way is told to whoever may read it, and to nobody else."""

import hashlib

from dokuei.dicom import uids
from tests.makers.archive import SmallArchive, image


def _address(archive: SmallArchive, sop_instance_uid: str, study: str = "1.2.3") -> str:
    return f"{archive.base}/api/v1/sites/kita/studies/{study}/objects/{sop_instance_uid}/pedigree"


def test_the_pedigree_says_what_it_came_as_what_was_made_of_it_and_who_brought_it(archive: SmallArchive) -> None:
    """IMG-03 REC-11: source encoding and digest, transcode and proof, and who brought it when."""
    incoming = archive.coded(image(study="1.2.3"))
    coded = incoming.coded
    archive.service.store_instances("kita", [incoming], actor="gateway:g1")
    with archive.client() as client:
        answer = client.get(_address(archive, coded.sop_instance_uid))
    assert answer.status_code == 200, answer.text
    assert "no-cache" in answer.headers["Cache-Control"]
    found = answer.json()
    for name in ("source_transfer_syntax_uid", "transfer_syntax_uid", "source_sha256", "sha256", "content_digest"):
        assert found[name] == getattr(coded, name)
    assert found["transfer_syntax_uid"] == uids.HTJ2K_LOSSLESS_RPCL
    assert (found["proof"], found["lossy"], found["signed"]) == ("proved", None, [])
    assert found["received_from"] == "gateway:g1"
    assert found["received_at"].endswith("+00:00")


def test_nothing_is_told_of_what_is_not_here_in_that_study_or_of_this_site(archive: SmallArchive) -> None:
    (stored,) = archive.stored(image(study="1.2.3"))
    with archive.client() as client:
        assert client.get(_address(archive, "1.2.9")).status_code == 404
        assert client.get(_address(archive, stored.sop_instance_uid, study="1.2.4")).status_code == 404
        assert client.get(_address(archive, hashlib.sha256(b"no UID").hexdigest())).status_code == 404
    with archive.client("minami") as client:
        assert client.get(_address(archive, stored.sop_instance_uid)).status_code == 404
