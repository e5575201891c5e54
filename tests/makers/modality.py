"""A modality that sends what it is told, byte for byte, and says what it was answered."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.filereader import read_file_meta_info
from pydicom.uid import UID
from pynetdicom import AE, _config
from pynetdicom.association import Association


@contextmanager
def association(
    port: int, contexts: Sequence[tuple[str, str]], *, called: str = "DOKUEI", calling: str = "MODALITY"
) -> Iterator[Association]:
    """One association of pynetdicom's, with one presentation context for each pair of abstract and transfer syntax."""
    entity = AE(ae_title=calling)
    for abstract, transfer in contexts:
        entity.add_requested_context(UID(abstract), UID(transfer))
    made = entity.associate("127.0.0.1", port, ae_title=called)
    try:
        yield made
    finally:
        if made.is_established:
            made.release()
        hang_up(made)


def hang_up(made: Association) -> None:
    """Close what pynetdicom leaves open: the socket of an association that was cut."""
    made.dul.join(5)
    transport = made.dul.socket
    if transport is not None and transport.socket is not None:
        transport.socket.close()


def send(port: int, *files: Path, calling: str = "MODALITY") -> list[Dataset]:
    """C-STORE of files as they are, on one association; the statuses."""
    metas = [read_file_meta_info(file) for file in files]
    pairs = {(str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID)) for meta in metas}
    before, _config.STORE_SEND_CHUNKED_DATASET = _config.STORE_SEND_CHUNKED_DATASET, True
    try:
        with association(port, sorted(pairs), calling=calling) as made:
            assert made.is_established
            return [made.send_c_store(file) for file in files]
    finally:
        _config.STORE_SEND_CHUNKED_DATASET = before


def storescu(
    port: int, *paths: Path, called: str = "DOKUEI", options: Sequence[str] = (), nodelay: bool = True
) -> "subprocess.CompletedProcess[str]":
    """DCMTK's sender, on files or folders."""
    return subprocess.run(
        ["storescu", "-v", "-aec", called, *options, "+sd", "+r", "localhost", str(port), *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **({"TCP_NODELAY": "1"} if nodelay else {})},
    )
