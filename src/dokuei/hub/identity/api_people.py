"""People, for administrators of the reading centre: list, add, invite, give and take roles, lock."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from dokuei.hub.identity.api_shapes import GrantShape, LinkOut, ListedPersonOut, PersonIn, grant_of, listed_out
from dokuei.hub.identity.guard import private, require_in_centre
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.people import People

Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]


def routes(people: People) -> APIRouter:
    """The administrator's routes."""
    router = APIRouter(prefix="/api/v1/people", tags=["people"], dependencies=[Depends(private)])

    @router.get("")
    def every(by: Administrator) -> list[ListedPersonOut]:
        """All people with their roles."""
        return [listed_out(listed) for listed in people.looked_up(actor=by.actor)]

    @router.post("", status_code=201)
    def add(by: Administrator, new: PersonIn) -> LinkOut:
        """Add an individual and return the one-time link."""
        person = people.add(
            user_name=new.user_name,
            display_name=new.display_name,
            display_name_kana=new.display_name_kana,
            language=new.language,
            birth_date=new.birth_date,
            ends_on=new.ends_on,
            grants=[grant_of(shape) for shape in new.grants],
            actor=by.actor,
        )
        return _link(people.link(person.person_id, actor=by.actor))

    @router.post("/{person_id}/enrolment", status_code=201)
    def link(by: Administrator, person_id: str, *, replace: bool = False) -> LinkOut:
        """A new one-time link; with ``replace`` the keys and the password of before end (loss)."""
        return _link(people.link(person_id, actor=by.actor, replace=replace))

    @router.post("/{person_id}/grants", status_code=204)
    def grant(by: Administrator, person_id: str, given: GrantShape) -> Response:
        """Give a role."""
        people.grant(person_id, grant_of(given), actor=by.actor)
        return Response(status_code=204)

    @router.delete("/{person_id}/grants", status_code=204)
    def revoke(by: Administrator, person_id: str, taken: GrantShape) -> Response:
        """Take a role back."""
        people.revoke(person_id, grant_of(taken), actor=by.actor)
        return Response(status_code=204)

    @router.post("/{person_id}/lock", status_code=204)
    def lock(by: Administrator, person_id: str, *, locked: bool = True) -> Response:
        """Lock an account, or unlock it."""
        people.lock(person_id, actor=by.actor, locked=locked)
        return Response(status_code=204)

    return router


def _link(code: str) -> LinkOut:
    return LinkOut(code=code, path=f"/enrol#{code}")
