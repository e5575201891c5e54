"""Whether an object can be handed out decoded, known before an answer begins: afterwards nothing can be refused."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dokuei.dicom import uids
from dokuei.dicom.native import LARGEST_VALUE, to_explicit_little_endian
from dokuei.errors import NotAcceptableError
from dokuei.hub.archive.model import ArchivedInstance
from dokuei.hub.archive.recent import Recent

_REMEMBERED: Final = 100_000
_WIDEST_PIXEL: Final = 24  # bytes: three samples of 64 bits


@dataclass(frozen=True)
class Decodability:
    """What was found out by trying, one for a process: content never changes under its digest."""

    reasons: Recent[str, str] = field(default_factory=lambda: Recent(_REMEMBERED), repr=False)

    def demand(self, path: Path, one: ArchivedInstance) -> None:
        """Be sure that an object can be made native. What was proved once can; what was kept is tried, in full.

        Raises:
            NotAcceptableError: it cannot be decoded here, or is too large for one data element.
            ProofError: it is not what it was.
        """
        if not must_be_tried(one):
            return
        reason = self.reasons.get(one.coded.sha256)
        if reason is None:
            reason = _tried(path, one)
            self.reasons.put(one.coded.sha256, reason, weight=1)
        if reason:
            raise NotAcceptableError(reason, phase="decoding", remedy="ask for transfer-syntax=*")


def must_be_tried(one: ArchivedInstance) -> bool:
    """Whether it is not plain that an object can be made native."""
    coded = one.coded
    if not coded.frames:
        return False
    if is_kept_encoded(one):
        return True
    return (one.rows or 0) * (one.columns or 0) * len(coded.frames) * _WIDEST_PIXEL > LARGEST_VALUE


def is_kept_encoded(one: ArchivedInstance) -> bool:
    """Whether frames are still in an encoding of others, which nobody has decoded yet."""
    syntax = uids.TRANSFER_SYNTAXES.get(one.coded.transfer_syntax_uid)
    return one.coded.proof == "kept" and syntax is not None and syntax.encapsulated


def _tried(path: Path, one: ArchivedInstance) -> str:
    """Why an object cannot be made native; empty where it can."""
    syntax = uids.TRANSFER_SYNTAXES.get(one.coded.transfer_syntax_uid)
    if syntax is not None and syntax.kind is uids.Kind.VIDEO:
        return f"{syntax.name} is not decoded here"
    pieces = to_explicit_little_endian(path, one.coded)
    try:
        if is_kept_encoded(one):
            deque(pieces, maxlen=0)
        else:
            next(pieces)
    except NotAcceptableError as error:
        return error.what
    return ""
