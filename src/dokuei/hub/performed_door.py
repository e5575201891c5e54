"""Where modalities' counts meet the archive: each gateway speaks for its own site and for no other."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from dokuei.hub.archive.performed import Performed
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateways.api import Caller
from dokuei.transfer.performed import PERFORMED_PATH, PerformedStep


def routes(archive: ArchiveService, authenticated: Callable[[Request], Awaitable[Caller]]) -> APIRouter:
    """What a gateway tells of performed steps, on the gateways' listener."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(PERFORMED_PATH)
    async def performed(caller: known) -> Response:
        """Keep the newest word about one step of the caller's hospital."""
        told = PerformedStep.read(caller.body)
        step = Performed(told.step_uid, told.study_instance_uid, told.state, told.version, dict(told.series))
        site_id, actor = caller.gateway.site_id, caller.gateway.actor
        await run_in_threadpool(lambda: archive.record_performed(site_id, step, actor=actor))
        return Response("{}", media_type="application/json")

    return router
