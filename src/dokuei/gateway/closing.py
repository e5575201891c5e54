"""Closing a study toward the hub: a signed manifest of all that it has proved, and what it says to that."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from dokuei.clock import monotonic, now
from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError, UnreachableError
from dokuei.gateway.link import pause
from dokuei.transfer.client import HubClient, Signer
from dokuei.transfer.manifest import manifest_of, sign_manifest

_log = structlog.get_logger()


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


@dataclass
class Closings:
    """Each study for itself: one whose closing the hub refuses is tried later and later, and holds no other back."""

    _refused: dict[str, tuple[int, float]] = field(default_factory=dict)

    def due(self, wanted: Iterable[str]) -> list[str]:
        """Those of these that may be tried now."""
        return sorted(one for one in wanted if monotonic() >= self._refused.get(one, (0, 0.0))[1])

    def attempt(self, study_instance_uid: str, close: Callable[[], None], *, ceiling: float) -> None:
        """Try it now.

        Raises:
            UnreachableError: the hub could not be reached, for this study or any other.
        """
        try:
            close()
        except UnreachableError:
            raise
        except DokueiError as error:
            failures = self._refused.get(study_instance_uid, (0, 0.0))[0] + 1
            self._refused[study_instance_uid] = failures, monotonic() + pause(failures + 2, ceiling=ceiling)
            _log.warning("study.not_closed", code=error.code, failures=failures)
        else:
            self._refused.pop(study_instance_uid, None)
