"""Own words, templates and snippets of the report form over HTTP."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require, require_in_centre
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.added import OwnWord, Phrase
from dokuei.hub.reports.lexicon import OpenList, lexicon
from dokuei.hub.reports.lists import LONGEST_NAME, LONGEST_PHRASE, MOST_PHRASES, MOST_WORDS, Lists

Writer = Annotated[Principal, Depends(require(Permission.WRITE_REPORT))]
Administrator = Annotated[Principal, Depends(require_in_centre(Permission.ADMINISTER))]
AtSite = Annotated[str, Query(min_length=1, max_length=64)]


class PhraseIn(Shape):
    """A snippet or a template to keep."""

    scope: Literal["person", "site", "centre"] = "person"
    kind: Literal["snippet", "template"] = "snippet"
    method: str = Field("", max_length=16)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    findings: str = Field("", max_length=LONGEST_PHRASE)
    impression: str = Field("", max_length=LONGEST_PHRASE)


class PhraseOut(BaseModel):
    """A phrase that is offered, and whether the asker may edit it."""

    phrase_id: str
    scope: Literal["person", "site", "centre"]
    kind: Literal["snippet", "template"]
    method: str
    name: str
    findings: str
    impression: str
    mine: bool


class OrderIn(Shape):
    """In which order they are offered."""

    ids: list[Annotated[str, Field(max_length=32)]] = Field(max_length=max(MOST_PHRASES, MOST_WORDS))


class OwnWordIn(Shape):
    """A word and the list that it goes into."""

    method: str = Field(max_length=16)
    kind: str = Field(max_length=32)
    attribute: str = Field(max_length=32)
    ja: str = Field(min_length=1, max_length=LONGEST_NAME)
    en: str = Field(min_length=1, max_length=LONGEST_NAME)


class OwnWordOut(BaseModel):
    """An own word; what is retired stands in reports that use it, and nowhere else."""

    word_id: str
    method: str
    kind: str
    attribute: str
    ja: str
    en: str
    retired: bool


class NamedListOut(BaseModel):
    """One list of the form that takes own words, with the words that it always has."""

    method: str
    kind: str
    attribute: str
    ja: str
    en: str
    fixed: list[dict[str, str]]


class OwnWordsOut(BaseModel):
    """Every list that takes own words, and all of these."""

    lists: list[NamedListOut]
    words: list[OwnWordOut]


def routes(lists: Lists) -> APIRouter:
    """The routes of what is added to the form."""
    router = APIRouter(prefix="/api/v1", tags=["reports"], dependencies=[Depends(private)])
    _phrase_routes(router, lists)
    _word_routes(router, lists)
    return router


def _phrase_routes(router: APIRouter, lists: Lists) -> None:
    @router.get("/report-phrases")
    def phrases(me: Writer, site_id: AtSite) -> list[PhraseOut]:
        """What I am offered at a site: my own, the site's, the centre's."""
        return _phrases(me, lists, lists.phrases(me, site_id))

    @router.post("/report-phrases", status_code=201)
    def add(me: Writer, site_id: AtSite, new: PhraseIn) -> list[PhraseOut]:
        """Keep one."""
        added = Phrase("", new.scope, "", new.kind, new.method, new.name, new.findings, new.impression)
        return _phrases(me, lists, lists.add_phrase(me, site_id, added))

    @router.put("/report-phrases/order")
    def order(me: Writer, site_id: AtSite, wanted: OrderIn) -> list[PhraseOut]:
        """Offer them in this order."""
        return _phrases(me, lists, lists.order_phrases(me, site_id, wanted.ids))

    @router.delete("/report-phrases/{phrase_id}")
    def retire(me: Writer, site_id: AtSite, phrase_id: str) -> list[PhraseOut]:
        """Offer one no more."""
        return _phrases(me, lists, lists.retire_phrase(me, site_id, phrase_id))


def _word_routes(router: APIRouter, lists: Lists) -> None:
    @router.get("/report-words")
    def words(_: Administrator) -> OwnWordsOut:
        """The lists, and the centre's own words in them."""
        return _words(lists.words())

    @router.post("/report-words", status_code=201)
    def add_word(me: Administrator, new: OwnWordIn) -> OwnWordsOut:
        """Add one to a list."""
        return _words(lists.add_word(me, OwnWord("", new.method, new.kind, new.attribute, new.ja, new.en)))

    @router.put("/report-words/order")
    def order_words(me: Administrator, wanted: OrderIn) -> OwnWordsOut:
        """Offer them in this order."""
        return _words(lists.order_words(me, wanted.ids))

    @router.delete("/report-words/{word_id}")
    def retire_word(me: Administrator, word_id: str) -> OwnWordsOut:
        """Offer one no more; reports keep it."""
        return _words(lists.retire_word(me, word_id))


def _phrases(me: Principal, lists: Lists, found: tuple[Phrase, ...]) -> list[PhraseOut]:
    return [
        PhraseOut(
            phrase_id=one.phrase_id,
            scope=one.scope,
            kind=one.kind,
            method=one.method,
            name=one.name,
            findings=one.findings,
            impression=one.impression,
            mine=lists.may_edit(me, one),
        )
        for one in found
    ]


def _words(words: tuple[OwnWord, ...]) -> OwnWordsOut:
    named = [
        NamedListOut(
            method=one.method,
            kind=one.kind,
            attribute=one.attribute,
            ja=_list_name(one, "ja"),
            en=_list_name(one, "en"),
            fixed=[{"ja": word["ja"], "en": word["en"]} for word in one.words["values"]],
        )
        for one in lexicon().open_lists()
    ]
    return OwnWordsOut(
        lists=named,
        words=[
            OwnWordOut(
                word_id=one.word_id,
                method=one.method,
                kind=one.kind,
                attribute=one.attribute,
                ja=one.ja,
                en=one.en,
                retired=one.retired,
            )
            for one in words
        ],
    )


def _list_name(one: OpenList, language: str) -> str:
    """Form, kind of finding and list, as far as it has them."""
    known = lexicon()
    heads = (known.method(one.method), known.kind(one.method, one.kind), one.words)
    return " · ".join(head[language] for head in heads if head)
