"""A modality's part for the demo: C-STORE of a folder, one association a study."""

import socket
import time
from collections import defaultdict
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import UID
from pynetdicom import AE
from pynetdicom.association import Association

from dokuei.errors import PeerRefusedError, UnreachableError

_AE_TITLE = "DEMOMODALITY"
_MOST_CONTEXTS = 128
_ATTEMPTS = 5
_PAUSE_SECONDS = 2.0


def send_folder(folder: Path, *, host: str, port: int, called_ae_title: str) -> int:
    """Send every Part 10 file below a folder; the number of images that were acknowledged.

    Raises:
        UnreachableError: no association, or no answer, again and again.
        PeerRefusedError: the gateway refused an image.
    """
    groups: dict[Path, list[Path]] = defaultdict(list)
    for file in sorted(folder.rglob("*.dcm")):
        groups[file.parent].append(file)
    return sum(_send(files, host, port, called_ae_title) for files in groups.values())


def _send(files: list[Path], host: str, port: int, called_ae_title: str) -> int:
    """As a modality's queue does it: what was not acknowledged goes again on a new association."""
    waiting = list(files)
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_SECONDS)
        _one_association(waiting, host, port, called_ae_title)
        if not waiting:
            return len(files)
    raise UnreachableError(f"{len(waiting)} images were not taken", phase="sending the demo cases")


def _one_association(waiting: list[Path], host: str, port: int, called_ae_title: str) -> None:
    """Send until all are acknowledged or no answer comes; acknowledged files leave ``waiting``."""
    ae = AE(_AE_TITLE)
    for sop_class_uid, transfer_syntax_uid in sorted({_kind(file) for file in waiting})[:_MOST_CONTEXTS]:
        ae.add_requested_context(sop_class_uid, transfer_syntax_uid)
    association = ae.associate(host, port, ae_title=called_ae_title)
    if not association.is_established:
        return
    try:
        _no_delay(association)
        while waiting and (answer := association.send_c_store(waiting[0])):
            if answer.Status != 0:
                raise PeerRefusedError(f"the gateway answered {answer.Status:#06x}", phase="sending the demo cases")
            waiting.pop(0)
    finally:
        if association.is_established:
            association.release()


def _kind(file: Path) -> tuple[UID, UID]:
    meta = dcmread(file, specific_tags=["SOPClassUID"], stop_before_pixels=True).file_meta
    return meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID


def _no_delay(association: Association) -> None:
    """Small last segments must not wait for the other side's delayed acknowledgement."""
    transport = association.dul.socket
    if transport is not None and transport.socket is not None:
        transport.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
