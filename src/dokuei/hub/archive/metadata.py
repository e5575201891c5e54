"""WADO-RS metadata: DICOM JSON made once per series and content, kept compressed, put together per request."""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from dokuei import __version__
from dokuei.errors import NotFoundError, StaleError
from dokuei.hub.archive import reading
from dokuei.hub.archive.gzip_pieces import Piece, joined, piece
from dokuei.hub.archive.model import BULK_DATA
from dokuei.hub.archive.reading import Scope, SeriesContent
from dokuei.hub.archive.recent import Recent
from dokuei.storage.db import Database

_CAPACITY: Final = 64 << 20
_LEVEL: Final = 3  # half the time of 6 for a fifth more bytes
_RELATIVE: Final = f'"BulkDataURI":"{BULK_DATA}/'.encode()
_OPEN, _COMMA, _CLOSE = (piece(text) for text in (b"[", b",", b"]"))
_ATTEMPTS: Final = 5
_Key = tuple[str, str, str, str, str]
_T = TypeVar("_T")


@dataclass(frozen=True)
class MetadataDocument:
    """A scope's metadata at one moment; the body is made only where it is wanted."""

    etag: str
    scope: Scope
    base: str
    series: tuple[SeriesContent, ...]


@dataclass(frozen=True)
class MetadataDocuments:
    """Makes the documents, and remembers the pieces of each series by what is in it, never by a row's number."""

    database: Database
    pieces: Recent[_Key, Piece] = field(default_factory=lambda: Recent(_CAPACITY), repr=False)

    def find(self, scope: Scope, base: str) -> MetadataDocument:
        """What a scope's metadata is made of, and so its ETag; ``base`` is the address of the site's DICOMweb.

        The tag is strong (RFC 9110 8.8.1): it follows from the digests of the files and of their descriptions.

        Raises:
            NotFoundError: nothing in this scope.
        """
        with self.database.read() as connection:
            series = reading.series_contents(connection, scope)
        if not series:
            raise NotFoundError("no such study or series", phase="reading metadata")
        facts = repr((__version__, base, scope, series)).encode()
        return MetadataDocument(hashlib.sha256(facts).hexdigest(), scope, base, series)

    def gzipped(self, document: MetadataDocument) -> bytes:
        """The JSON array as one gzip member.

        Raises:
            NotFoundError: no such object in this series.
            StaleError: something came or went since the document was found.
        """
        filled = [piece for series in document.series if (piece := self._piece(document, series)).length]
        if not filled:
            raise NotFoundError("no such instance", phase="reading metadata")
        parts = [filled[0]]
        for one in filled[1:]:
            parts += [_COMMA, one]
        return joined([_OPEN, *parts, _CLOSE])

    def _piece(self, document: MetadataDocument, series: SeriesContent) -> Piece:
        """A series' piece, from memory or from the rows; one object's is made for its request only."""
        scope = document.scope
        key = (document.base, scope.site_id, scope.study_instance_uid, series.series_instance_uid, series.content)
        held = self.pieces.get(key) if scope.sop_instance_uid is None else None
        if held is not None:
            return held
        with self.database.read() as connection:
            rows = reading.attributes_of(
                connection,
                replace(scope, series_instance_uid=series.series_instance_uid),
                expected_content=series.content,
            )
        address = f"{document.base}/studies/{scope.study_instance_uid}/series/{series.series_instance_uid}"
        made = piece(_json(rows, address), level=_LEVEL)
        if scope.sop_instance_uid is None:
            self.pieces.put(key, made, weight=len(made.deflated))
        return made


def until_settled(make: Callable[[], _T]) -> _T:
    """Make an answer again while what it tells of changes under it.

    Raises:
        StaleError: it does not stop changing.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return make()
        except StaleError:
            continue
    return make()


def _json(rows: Sequence[tuple[str, bytes]], series_address: str) -> bytes:
    """The rows' JSON as it is stored, only the bulk data's addresses made whole."""
    objects = []
    for uid, packed in rows:
        address = f'"BulkDataURI":"{series_address}/instances/{uid}/{BULK_DATA}/'.encode()
        objects.append(zlib.decompress(packed).replace(_RELATIVE, address))
    return b",".join(objects)
