"""A signed version as a person reads it, beside another one."""

import json
from dataclasses import dataclass

from dokuei.hub.reports.model import Content, SignedVersion
from dokuei.hub.reports.stage_words import Said, circumstances
from dokuei.hub.reports.store import content_of
from dokuei.hub.reports.structured_words import structured_lines
from dokuei.hub.reports.wording import qualification_line


@dataclass(frozen=True)
class ReadVersion:
    """What a version says; ``fields`` are its findings in fields, a line each."""

    signed: SignedVersion
    content: Content
    qualification: str
    fields: tuple[str, ...]
    circumstances: tuple[Said, ...]


def read_version(signed: SignedVersion) -> ReadVersion:
    """Taken from the signed bytes alone."""
    document = json.loads(signed.canonical)
    return ReadVersion(
        signed,
        content_of(signed),
        qualification_line(document["reader"]),
        tuple(structured_lines(document)),
        tuple(circumstances(document)),
    )
