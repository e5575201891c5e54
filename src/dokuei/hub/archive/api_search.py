"""QIDO-RS and metadata: what is here, told in DICOM JSON (PS3.18 10.6, 10.4.1.1.2)."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from dokuei.hub.archive.accept import DICOM_JSON, demand_json
from dokuei.hub.archive.api_access import (
    At,
    Finder,
    add_get_and_head,
    base_of,
    head_of,
    json_answer,
    not_modified,
    note_access,
    takes_gzip,
    wish_of,
)
from dokuei.hub.archive.attributes import Level
from dokuei.hub.archive.metadata import MetadataDocument, until_settled
from dokuei.hub.archive.query import Query, read_query
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission

_NOT_FUZZY = "The fuzzymatching parameter is not supported. Only literal matching has been performed."


@dataclass(frozen=True)
class SearchAnswers:
    """Searches and metadata, made in a thread because they ask the database."""

    service: ArchiveService

    async def searched(
        self, request: Request, at: At, level: Level, *, study: str | None = None, series: str | None = None
    ) -> Response:
        """One page of a search."""
        demand_json(wish_of(request))
        query = read_query(request.query_params.multi_items())
        base = base_of(request)
        if study is not None:
            Scope(at.site_id, study, series)  # an address that can name nothing is not found

        def search() -> Response:
            self.service.accesses.note_query(at.principal.actor, at.site_id)
            found = self.service.search(level, query, site_id=at.site_id, base=base, study=study, series=series)
            body = b"[" + b",".join(found.items) + b"]"
            headers = {"Cache-Control": at.until_changed, **_warnings(query, found.remaining, base)}
            return json_answer(request, body, media_type=DICOM_JSON, headers=headers)

        return await to_thread.run_sync(search)

    async def described(self, request: Request, at: At, scope: Scope) -> Response:
        """The metadata of a scope."""
        demand_json(wish_of(request))
        base = base_of(request)

        def describe() -> Response:
            document = self.service.metadata.find(scope, base)
            return _metadata(request, at, document, lambda: self.service.metadata.gzipped(document))

        answer = await to_thread.run_sync(until_settled, describe)
        await note_access(self.service, at, scope.study_instance_uid)
        return answer


def add_search_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Searches at every level, relational forms included."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = SearchAnswers(service)

    async def studies(request: Request, at: here) -> Response:
        """Search for studies."""
        return await answers.searched(request, at, "study")

    async def all_series(request: Request, at: here) -> Response:
        """Search for series of any study."""
        return await answers.searched(request, at, "series")

    async def all_instances(request: Request, at: here) -> Response:
        """Search for instances of any study."""
        return await answers.searched(request, at, "instance")

    async def series_of_study(request: Request, at: here, study: str) -> Response:
        """Search for series of a study."""
        return await answers.searched(request, at, "series", study=study)

    async def instances_of_study(request: Request, at: here, study: str) -> Response:
        """Search for instances of a study."""
        return await answers.searched(request, at, "instance", study=study)

    async def instances_of_series(request: Request, at: here, study: str, series: str) -> Response:
        """Search for instances of a series."""
        return await answers.searched(request, at, "instance", study=study, series=series)

    for path, handler in (
        ("/studies", studies),
        ("/series", all_series),
        ("/instances", all_instances),
        ("/studies/{study}/series", series_of_study),
        ("/studies/{study}/instances", instances_of_study),
        ("/studies/{study}/series/{series}/instances", instances_of_series),
    ):
        add_get_and_head(router, path, handler)


def add_metadata_routes(router: APIRouter, service: ArchiveService, find: Callable[[Permission], Finder]) -> None:
    """Metadata of a study, a series and an object."""
    here = Annotated[At, Depends(find(Permission.READ_IMAGES))]
    answers = SearchAnswers(service)

    async def study_metadata(request: Request, at: here, study: str) -> Response:
        """Every attribute of every object of a study, bulk data by address."""
        return await answers.described(request, at, Scope(at.site_id, study))

    async def series_metadata(request: Request, at: here, study: str, series: str) -> Response:
        """The same for a series."""
        return await answers.described(request, at, Scope(at.site_id, study, series))

    async def instance_metadata(request: Request, at: here, study: str, series: str, instance: str) -> Response:
        """The same for one object."""
        return await answers.described(request, at, Scope(at.site_id, study, series, instance))

    for path, handler in (
        ("/studies/{study}/metadata", study_metadata),
        ("/studies/{study}/series/{series}/metadata", series_metadata),
        ("/studies/{study}/series/{series}/instances/{instance}/metadata", instance_metadata),
    ):
        add_get_and_head(router, path, handler)


def _metadata(request: Request, at: At, document: MetadataDocument, make: Callable[[], bytes]) -> Response:
    packed = takes_gzip(request)
    etag = f'"{document.etag}{"-gzip" if packed else ""}"'
    headers: dict[str, Any] = {"ETag": etag, "Cache-Control": at.until_changed, "Vary": "Accept, Accept-Encoding"}
    if not_modified(request, etag):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return head_of(DICOM_JSON, headers | ({"Content-Encoding": "gzip"} if packed else {}))
    body = make()
    if packed:
        return Response(body, media_type=DICOM_JSON, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(body), media_type=DICOM_JSON, headers=headers)


def _warnings(query: Query, remaining: int, base: str) -> dict[str, str]:
    """What the answer does not do or hold (PS3.18 8.3.4.2, 8.3.4.4)."""
    told = []
    if query.fuzzy:
        told.append(f'299 {base} "{_NOT_FUZZY}"')
    if remaining:
        told.append(f'299 {base} "There are {remaining} additional results that can be requested"')
    return {"Warning": ", ".join(told)} if told else {}
