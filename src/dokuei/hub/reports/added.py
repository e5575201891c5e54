"""What a centre and its people add to the report form: own words beside the coded ones, snippets, templates."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["person", "site", "centre"]
PhraseKind = Literal["snippet", "template"]


@dataclass(frozen=True)
class Phrase:
    """A snippet (定型文) or a template; ``owner`` is a person, a site, or empty for the whole centre."""

    phrase_id: str
    scope: Scope
    owner: str
    kind: PhraseKind
    method: str
    name: str
    findings: str
    impression: str


@dataclass(frozen=True)
class OwnWord:
    """A word that a centre has added to one list of the form; its text never changes, so that it means one thing."""

    word_id: str
    method: str
    kind: str
    attribute: str
    ja: str
    en: str
    retired: bool = False
