"""The archive's doors: DICOMweb for a named site and for the only one, and the viewer's own routes."""

from collections.abc import Callable

from fastapi import APIRouter

from dokuei.hub.archive.api_access import Finder, at_named_site, at_only_site
from dokuei.hub.archive.api_frames import add_frame_routes
from dokuei.hub.archive.api_papers import paper_routes
from dokuei.hub.archive.api_parts import part_routes
from dokuei.hub.archive.api_rendered import add_rendered_routes
from dokuei.hub.archive.api_retrieve import add_retrieve_routes
from dokuei.hub.archive.api_search import add_metadata_routes, add_search_routes
from dokuei.hub.archive.api_store import add_store_routes
from dokuei.hub.archive.api_viewer import viewer_routes
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.model import Permission


def routes(service: ArchiveService) -> APIRouter:
    """Everything that the archive serves."""
    router = APIRouter()
    router.include_router(_dicomweb(service, "/sites/{site_id}/dicom-web", at_named_site))
    router.include_router(_dicomweb(service, "/dicom-web", at_only_site))
    router.include_router(part_routes(service))
    router.include_router(viewer_routes(service))
    router.include_router(paper_routes(service))
    return router


def _dicomweb(service: ArchiveService, prefix: str, find: Callable[[Permission], Finder]) -> APIRouter:
    router = APIRouter(prefix=prefix, tags=["dicomweb"])
    add_frame_routes(router, service, find)  # first: routes are tried in order, and frames come by the thousand
    add_search_routes(router, service, find)
    add_metadata_routes(router, service, find)
    add_retrieve_routes(router, service, find)
    add_rendered_routes(router, service, find)
    add_store_routes(router, service, find)
    return router
