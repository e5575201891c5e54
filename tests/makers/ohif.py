"""OHIF's published build in front of our DICOMweb: its files, and a door that adds a token to what it asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response

_REPOSITORY = Path(__file__).parent.parent.parent
_SETTINGS = """window.config = {
  routerBasename: '/',
  extensions: [], modes: [], showStudyList: true, showWarningMessageForCrossOrigin: false,
  defaultDataSourceName: 'hub',
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'hub',
    configuration: {
      friendlyName: 'hub', name: 'hub', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', wadoUriRoot: '/dicom-web',
      qidoSupportsIncludeField: true, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true,
    },
  }],
};
"""


def ohif_folder() -> Path | None:
    """Where the peer was unpacked, if it was."""
    found = sorted((_REPOSITORY / ".peers").glob("ohif-*/.complete"))
    return found[-1].parent if found else None


def ohif_app(folder: Path, *, hub: str, token: str, asked: list[tuple[str, int]]) -> FastAPI:
    """OHIF and our DICOMweb under one origin; every DICOMweb request and its status is noted in ``asked``."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    app = FastAPI(lifespan=lifespan)
    client = httpx.AsyncClient(base_url=hub, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    @app.get("/app-config.js")
    def settings() -> Response:
        return Response(_SETTINGS, media_type="text/javascript")

    @app.get("/dicom-web/{path:path}")
    async def dicomweb(path: str, request: Request) -> Response:
        kept = {name: value for name, value in request.headers.items() if name in {"accept", "range"}}
        answer = await client.get(f"/dicom-web/{path}", params=request.query_params, headers=kept)
        asked.append((path, answer.status_code))
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    @app.get("/{path:path}")
    def page(path: str) -> Response:
        file = folder / path
        return FileResponse(file if path and file.is_file() else folder / "index.html")

    return app
