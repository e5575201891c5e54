"""One's own filters of the worklist over HTTP."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from dokuei.hub.identity.api import private
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.worklist.api import Viewer
from dokuei.hub.worklist.filters import LONGEST_NAME, Filters


class FilterChoice(BaseModel):
    """How the list is looked at; empty words narrow nothing."""

    model_config = ConfigDict(extra="forbid")

    view: str = Field("", pattern="^[a-z_]{0,20}$")
    site: str = Field("", pattern="^[a-z0-9-]{0,64}$")
    modality: str = Field("", pattern="^[A-Z]{0,16}$")
    sort: str = Field("", pattern="^[a-z_]{0,20}$")
    order: Literal["", "ascending", "descending"] = ""


class FilterIn(Shape):
    """A filter and what its person calls it."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    chosen: FilterChoice


class FilterOut(BaseModel):
    """A kept filter."""

    filter_id: str
    name: str
    chosen: FilterChoice


def filter_routes(filters: Filters) -> APIRouter:
    """The routes of one's own filters."""
    router = APIRouter(prefix="/api/v1/worklist-filters", tags=["worklist"], dependencies=[Depends(private)])

    @router.get("")
    def mine(me: Viewer) -> list[FilterOut]:
        """What I keep."""
        return [
            FilterOut(filter_id=one.filter_id, name=one.name, chosen=FilterChoice.model_validate(one.chosen))
            for one in filters.mine(me)
        ]

    @router.post("", status_code=201)
    def keep(me: Viewer, wanted: FilterIn) -> FilterOut:
        """Keep one, in place of my own of the same name."""
        kept = filters.keep(me, wanted.name, wanted.chosen.model_dump())
        return FilterOut(filter_id=kept.filter_id, name=kept.name, chosen=wanted.chosen)

    @router.delete("/{filter_id}", status_code=204)
    def forget(me: Viewer, filter_id: str) -> None:
        """Delete one of mine."""
        filters.forget(me, filter_id)

    return router
