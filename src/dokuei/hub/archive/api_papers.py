"""Papers that arrived among a study's objects, and the rules by which a site knows them, over HTTP."""

from functools import partial
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from dokuei.hub.archive.api_access import At, at_named_site
from dokuei.hub.archive.api_rendered import RenderedAnswers
from dokuei.hub.archive.papers import MOST_RULES, PaperKind, PaperRule
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.identity.api import private
from dokuei.hub.identity.model import Permission

_Word = Annotated[str, Field(min_length=1, max_length=64)]
_Modality = Annotated[str, Field(min_length=1, max_length=16)]
_DRAWN: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/pdf": {}, "image/*": {}}}}


class PaperOut(BaseModel):
    """A paper and where it is; ``document``: a PDF, and no picture."""

    series_instance_uid: str
    sop_instance_uid: str
    kind: PaperKind
    title: str
    document: bool
    to_be_read: bool


class PaperRuleShape(BaseModel):
    """What a paper's description or title says, and what it is then."""

    kind: PaperKind
    words: list[_Word] = Field(min_length=1, max_length=20)
    modalities: list[_Modality] = Field(default_factory=list, max_length=20)
    to_be_read: bool = False


class PaperRulesShape(BaseModel):
    """The rules of a site; the first one that fits holds."""

    rules: list[PaperRuleShape] = Field(max_length=MOST_RULES)


def paper_routes(service: ArchiveService) -> APIRouter:
    """What people ask of papers: whoever may read what was asked reads these, and no image beside them."""
    router = APIRouter(prefix="/api/v1/sites/{site_id}", tags=["images"], dependencies=[Depends(private)])
    papers_of, pictures = service.papers, RenderedAnswers(service)
    reads = Annotated[At, Depends(at_named_site(Permission.READ_REQUEST))]
    rules_them = Annotated[At, Depends(at_named_site(Permission.RECONCILE))]

    @router.get("/studies/{study}/papers")
    async def papers(at: reads, study: str) -> list[PaperOut]:
        """The papers of a study."""
        found = await to_thread.run_sync(papers_of.of_study, at.site_id, study)
        return [PaperOut.model_validate(one, from_attributes=True) for one in found]

    @router.get("/studies/{study}/papers/{instance}", response_class=Response, responses=_DRAWN)
    async def paper(request: Request, at: reads, study: str, instance: str) -> Response:
        """One paper, a PDF as it is and a scan as a picture."""
        found = await to_thread.run_sync(papers_of.one, at.site_id, study, instance)
        return await pictures.rendered(request, at, Scope(at.site_id, study, found.series_instance_uid, instance))

    @router.get("/paper-rules")
    async def rules(at: rules_them) -> PaperRulesShape:
        """By what papers are known here."""
        return _out(await to_thread.run_sync(papers_of.rules, at.site_id))

    @router.put("/paper-rules")
    async def set_rules(at: rules_them, wanted: PaperRulesShape) -> PaperRulesShape:
        """Know them by other rules; what was there before is looked at anew too."""
        given = [PaperRule(one.kind, tuple(one.words), tuple(one.modalities), one.to_be_read) for one in wanted.rules]
        return _out(await to_thread.run_sync(partial(papers_of.set_rules, at.site_id, given, actor=at.principal.actor)))

    return router


def _out(rules: tuple[PaperRule, ...]) -> PaperRulesShape:
    return PaperRulesShape(
        rules=[
            PaperRuleShape(
                kind=one.kind, words=list(one.words), modalities=list(one.modalities), to_be_read=one.to_be_read
            )
            for one in rules
        ]
    )
