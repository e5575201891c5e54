"""Where object bytes live: one protocol, plain files now, an object store when grown up."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol


class Blobs(Protocol):
    """Immutable byte strings under keys such as ``archive/site/ab/abcd….dcm``."""

    def put_file(self, key: str, source: Path) -> None:
        """Take a finished file under a key, durably (fsync of file and folder), before returning.

        Raises:
            DiskFullError: no room; nothing is left under the key.
        """

    def put(self, key: str, data: bytes) -> None:
        """The same for bytes in memory; a key that is taken keeps its bytes.

        Raises:
            StorageError: other bytes are kept under the key.
        """

    def replace(self, key: str, data: bytes) -> None:
        """Put bytes in the place of what a key held before: for the few documents that have a newest one."""

    def read(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """A range of the bytes; the whole by default.

        Raises:
            NotFoundError: nothing under this key.
        """

    def open(self, key: str) -> BinaryIO:
        """A seekable reader over the bytes."""

    def path(self, key: str) -> Path | None:
        """The plain file behind a key, where there is one (fast paths may use it)."""

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""

    def delete(self, key: str) -> None:
        """Remove; nothing happens when it is gone already."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix."""
