"""The verbs on what a centre adds to the report form: own words, templates per site, snippets of people and centre."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from dokuei.errors import ConflictError, ForbiddenError, NotFoundError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports import store_lists
from dokuei.hub.reports.added import OwnWord, Phrase
from dokuei.hub.reports.lexicon import OWN, lexicon
from dokuei.hub.reports.structure import Structure
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

LONGEST_NAME = 60
LONGEST_PHRASE = 4000
MOST_PHRASES = 200
MOST_WORDS = 500
_PHASE = "editing the lists"


@dataclass(frozen=True)
class Lists:
    """Everything that is added to the form."""

    database: Database

    def phrases(self, principal: Principal, site_id: str) -> tuple[Phrase, ...]:
        """What this person is offered at a site.

        Raises:
            NotFoundError, ForbiddenError: not somebody who writes reports there.
        """
        principal.demand(Permission.WRITE_REPORT, site_id)
        with self.database.read() as connection:
            return store_lists.phrases(connection, person_id=principal.person_id or "", site_id=site_id)

    def add_phrase(self, principal: Principal, site_id: str, new: Phrase) -> tuple[Phrase, ...]:
        """Keep a phrase for oneself, for a site, or for the centre.

        Raises:
            NotFoundError, ForbiddenError: not somebody who may do this there.
            RequestError: it says nothing, or cannot be printed.
            ConflictError: there are very many.
        """
        principal.demand(Permission.WRITE_REPORT, site_id)
        owner = {"person": principal.person_id or "", "site": site_id, "centre": ""}[new.scope]
        self._demand_scope(principal, replace(new, owner=owner))
        new = replace(_checked(new), owner=owner, phrase_id=store_lists.new_id())
        with self.database.begin() as connection:
            before = store_lists.phrases(connection, person_id=principal.person_id or "", site_id=site_id)
            if len(before) >= MOST_PHRASES:
                raise ConflictError(f"more than {MOST_PHRASES} phrases", phase=_PHASE)
            store_lists.add_phrase(connection, new, person_id=principal.person_id or "")
            _note(connection, principal, "form.phrase-added", site_id, new)
        return self.phrases(principal, site_id)

    def retire_phrase(self, principal: Principal, site_id: str, phrase_id: str) -> tuple[Phrase, ...]:
        """Offer one no more.

        Raises:
            NotFoundError: nothing of this name is offered to this person there.
            ForbiddenError: it is for them to use, not to edit.
        """
        known = next((one for one in self.phrases(principal, site_id) if one.phrase_id == phrase_id), None)
        if known is None:
            raise NotFoundError("no such phrase", phase=_PHASE)
        self._demand_scope(principal, known)
        with self.database.begin() as connection:
            store_lists.retire_phrase(connection, phrase_id)
            _note(connection, principal, "form.phrase-retired", site_id, known)
        return self.phrases(principal, site_id)

    def order_phrases(self, principal: Principal, site_id: str, phrase_ids: Sequence[str]) -> tuple[Phrase, ...]:
        """Offer them in this order; those that are not for this person to edit stay where they are.

        Raises:
            NotFoundError: one that is not offered to this person there.
        """
        known = {one.phrase_id: one for one in self.phrases(principal, site_id)}
        if not set(phrase_ids) <= known.keys():
            raise NotFoundError("no such phrase", phase=_PHASE)
        mine = [one for one in phrase_ids if self.may_edit(principal, known[one])]
        with self.database.begin() as connection:
            store_lists.order_phrases(connection, mine)
            hub_trail.append(connection, actor=principal.actor, event="form.phrases-ordered", site_id=site_id)
        return self.phrases(principal, site_id)

    def may_edit(self, principal: Principal, one: Phrase) -> bool:
        """One's own always; a site's by who signs there; the centre's by who signs for the centre."""
        if one.scope == "person":
            return one.owner == principal.person_id
        if one.scope == "site":
            return principal.may(Permission.SIGN_REPORT, one.owner)
        return Permission.SIGN_REPORT in principal.centre_permissions

    def _demand_scope(self, principal: Principal, one: Phrase) -> None:
        if not self.may_edit(principal, one):
            raise ForbiddenError("this list is not yours to edit", phase=_PHASE, remedy="ask a reader who signs there")

    def words(self) -> tuple[OwnWord, ...]:
        """Every own word of the centre; who asks has seen to access."""
        with self.database.read() as connection:
            return store_lists.own_words(connection)

    def offered(self) -> tuple[OwnWord, ...]:
        """Own words that forms offer now."""
        with self.database.read() as connection:
            return tuple(one for one in store_lists.own_words(connection) if not one.retired)

    def add_word(self, principal: Principal, new: OwnWord) -> tuple[OwnWord, ...]:
        """Add a word to a list of the form; who asks has seen to access.

        Raises:
            RequestError: no such list, no word, or one that is there already.
            ConflictError: there are very many.
        """
        ja, en = new.ja.strip(), new.en.strip()
        here = (new.method, new.kind, new.attribute)
        lists = {(one.method, one.kind, one.attribute): one.words for one in lexicon().open_lists()}
        attribute = lists.get(here)
        if attribute is None or not ja or not en or not (ja + en).isprintable():
            raise RequestError("a word needs a list of the form and a text in both languages", phase=_PHASE)
        with self.database.begin() as connection:
            known = store_lists.own_words(connection)
            own = {one.ja for one in known if (one.method, one.kind, one.attribute) == here and not one.retired}
            if ja in own | {one["ja"] for one in attribute["values"]}:
                raise RequestError("this word is in the list already", phase=_PHASE)
            if len(known) >= MOST_WORDS:
                raise ConflictError(f"more than {MOST_WORDS} own words", phase=_PHASE)
            added = replace(new, word_id=store_lists.new_id(), ja=ja, en=en)
            store_lists.add_word(connection, added, person_id=principal.person_id or "")
            _note_word(connection, principal, "form.word-added", added)
        return self.words()

    def retire_word(self, principal: Principal, word_id: str) -> tuple[OwnWord, ...]:
        """Offer a word no more; reports that were written with it keep it.

        Raises:
            NotFoundError: no such word.
        """
        with self.database.begin() as connection:
            known = next((one for one in store_lists.own_words(connection) if one.word_id == word_id), None)
            if known is None:
                raise NotFoundError("no such word", phase=_PHASE)
            if not known.retired:
                store_lists.retire_word(connection, word_id)
                _note_word(connection, principal, "form.word-retired", known)
        return self.words()

    def order_words(self, principal: Principal, word_ids: Sequence[str]) -> tuple[OwnWord, ...]:
        """Offer them in this order.

        Raises:
            NotFoundError: a word that is none.
        """
        with self.database.begin() as connection:
            if not set(word_ids) <= {one.word_id for one in store_lists.own_words(connection)}:
                raise NotFoundError("no such word", phase=_PHASE)
            store_lists.order_words(connection, word_ids)
            hub_trail.append(connection, actor=principal.actor, event="form.words-ordered")
        return self.words()


def with_own(connection: Connection, structure: Structure, kept: Structure) -> Structure:
    """A structure with the text of each own word that it uses, so that it keeps the words it was written with.

    Raises:
        RequestError: an own word of another list, or of none.
    """
    known = {f"{OWN}{one.word_id}": one for one in store_lists.own_words(connection)}
    own: dict[str, dict[str, str]] = {}
    for methods, kind, attribute, value in _chosen(structure):
        if not value.startswith(OWN):
            continue
        word = known.get(value)
        if word is None or word.method not in methods or (word.kind, word.attribute) != (kind, attribute):
            raise RequestError("a word that is in no list", phase="saving a report")
        if word.retired and value not in kept.own:
            raise RequestError("a word that is offered no more", phase="saving a report", remedy="choose another")
        own[value] = {"ja": word.ja, "en": word.en}
    version = f"{structure.lexicon}+own.{store_lists.list_version(connection)}" if own else structure.lexicon
    return replace(structure, own=own, lexicon=version)


def _chosen(structure: Structure) -> Iterator[tuple[Collection[str], str, str, str]]:
    """Every word that was chosen: whose methods' list, the kind where it is a finding's own, the list, the word."""
    every, known = ("",), lexicon()
    methods = known.method(structure.method).get("methods", ())
    yield every, "", "recommendation", structure.recommendation
    yield from ((methods, "", name, value) for name, value in structure.facts.items())
    for finding in structure.findings:
        yield every, "", "comparison", finding.comparison
        kind = known.kind(structure.method, finding.kind)
        if kind is not None:
            own = (kind["method"],), kind["of_method"]
            yield from ((*own, name, value) for name, value in finding.descriptors.items())


def _checked(new: Phrase) -> Phrase:
    name, texts = new.name.strip(), (new.findings, new.impression)
    wrong = any(ord(letter) < ord(" ") and letter not in "\n\t" for text in texts for letter in text)
    if not name or not name.isprintable() or wrong or not any(text.strip() for text in texts):
        raise RequestError("a phrase needs a name and a text that can be printed", phase=_PHASE)
    if new.method and not lexicon().method(new.method):
        raise RequestError("no such form", phase=_PHASE)
    return replace(new, name=name)


def _note(connection: Connection, principal: Principal, event: str, site_id: str, one: Phrase) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=site_id,
        details={"phrase_id": one.phrase_id, "scope": one.scope, "kind": one.kind, "method": one.method},
    )


def _note_word(connection: Connection, principal: Principal, event: str, one: OwnWord) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        details={"word_id": one.word_id, "list": f"{one.method}/{one.kind}/{one.attribute}", "ja": one.ja},
    )
