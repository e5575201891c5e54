"""What a centre and its people add to the report form, in SQL: own words beside the coded ones, and phrases."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from dokuei.clock import now
from dokuei.hub.reports.added import OwnWord, Phrase
from dokuei.hub.reports.tables import own_word, phrase


def phrases(connection: Connection, *, person_id: str, site_id: str) -> tuple[Phrase, ...]:
    """What is offered to somebody at a site: their own first, then the site's, then the centre's."""
    offered = or_(
        and_(phrase.c.scope == "person", phrase.c.owner == person_id),
        and_(phrase.c.scope == "site", phrase.c.owner == site_id),
        phrase.c.scope == "centre",
    )
    rows = connection.execute(
        select(phrase).where(offered, phrase.c.retired_at.is_(None)).order_by(phrase.c.position, phrase.c.written_at)
    )
    found = [Phrase(**{name: getattr(row, name) for name in Phrase.__dataclass_fields__}) for row in rows]
    ranks = {"person": 0, "site": 1, "centre": 2}
    return tuple(sorted(found, key=lambda one: ranks[one.scope]))


def add_phrase(connection: Connection, new: Phrase, *, person_id: str) -> None:
    """Keep one at the end of its owner's list."""
    owned = select(func.max(phrase.c.position)).where(phrase.c.scope == new.scope, phrase.c.owner == new.owner)
    position = (connection.execute(owned).scalar_one() or 0) + 1
    values = {name: getattr(new, name) for name in Phrase.__dataclass_fields__}
    connection.execute(insert(phrase).values(**values, position=position, written_by=person_id, written_at=now()))


def retire_phrase(connection: Connection, phrase_id: str) -> None:
    """It is offered no more."""
    connection.execute(update(phrase).where(phrase.c.phrase_id == phrase_id).values(retired_at=now()))


def order_phrases(connection: Connection, phrase_ids: Sequence[str]) -> None:
    """In this order from now on."""
    for position, phrase_id in enumerate(phrase_ids, 1):
        connection.execute(update(phrase).where(phrase.c.phrase_id == phrase_id).values(position=position))


def own_words(connection: Connection) -> tuple[OwnWord, ...]:
    """Every own word, the retired ones too, in their order."""
    query = select(own_word).order_by(own_word.c.position, own_word.c.added_at)
    return tuple(
        OwnWord(row.word_id, row.method, row.kind, row.attribute, row.ja, row.en, row.retired_at is not None)
        for row in connection.execute(query)
    )


def list_version(connection: Connection) -> int:
    """How often the own words were changed."""
    return connection.execute(select(func.max(own_word.c.version))).scalar_one() or 0


def add_word(connection: Connection, new: OwnWord, *, person_id: str) -> None:
    """Add a word at the end of its list."""
    version = list_version(connection) + 1
    connection.execute(
        insert(own_word).values(
            word_id=new.word_id,
            method=new.method,
            kind=new.kind,
            attribute=new.attribute,
            ja=new.ja,
            en=new.en,
            position=version,
            version=version,
            added_by=person_id,
            added_at=now(),
        )
    )


def retire_word(connection: Connection, word_id: str) -> None:
    """It is offered no more; reports that use it keep it."""
    version = list_version(connection) + 1
    connection.execute(update(own_word).where(own_word.c.word_id == word_id).values(retired_at=now(), version=version))


def order_words(connection: Connection, word_ids: Collection[str]) -> None:
    """In this order from now on."""
    version = list_version(connection) + 1
    for position, word_id in enumerate(word_ids, 1):
        connection.execute(
            update(own_word).where(own_word.c.word_id == word_id).values(position=position, version=version)
        )


def new_id() -> str:
    """A name for something that is added."""
    return uuid.uuid4().hex
