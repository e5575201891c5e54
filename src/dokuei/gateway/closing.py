"""Closing a study toward the hub: a signed manifest of all that it has proved, and what it says to that."""

from collections.abc import Sequence
from dataclasses import dataclass

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.transfer.client import HubClient, Signer
from dokuei.transfer.manifest import manifest_of, sign_manifest


@dataclass(frozen=True)
class Closing:
    """What was signed, and by SOP Instance UID as coded what the hub has lost and what it removed on purpose."""

    documents: bytes
    lacking: tuple[str, ...]
    removed: tuple[str, ...]


def declare(client: HubClient, signer: Signer, coded: Sequence[CodedInstance]) -> Closing:
    """A signed manifest for each study by which the hub knows these.

    They are two where the site has changed how patients are named while the study was on its way. A hub one version
    behind does not tell what it removed on purpose from what it lacks.
    """
    lacking: list[str] = []
    removed: list[str] = []
    documents: list[bytes] = []
    for study_instance_uid in sorted({one.study_instance_uid for one in coded}):
        same = [one for one in coded if one.study_instance_uid == study_instance_uid]
        manifest = manifest_of(study_instance_uid, same, gateway_id=signer.key_id, at=now())
        documents.append(manifest.document())
        answer = client.close_study(documents[-1], sign_manifest(documents[-1], signer.key))
        if answer.state == "incomplete":
            on_purpose = set(answer.removed)
            removed += sorted(on_purpose)
            lacking += [uid for uid in answer.lacking if uid not in on_purpose]
    return Closing(b"".join(documents), tuple(lacking), tuple(removed))
