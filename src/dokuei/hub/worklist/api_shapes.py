"""What a case says of its images, as lists and pages show it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from dokuei.hub.worklist.model import Finalisation


class FinalisationOut(BaseModel):
    """Whether a technologist stands for the images, where the site uses that: who said what last, and when."""

    state: Literal["not_used", "open", "finalised", "reopened"]
    display_name: str = ""
    at: datetime | None = None
    instances: int = 0
    note: str = ""


def finalisation_out(
    said: Finalisation | None, names: dict[str, str], *, finalises: bool, holds: bool
) -> FinalisationOut:
    """How the images stand; ``holds``: what was said last is of the objects that are here."""
    if not finalises:
        return FinalisationOut(state="not_used")
    if said is None:
        return FinalisationOut(state="open")
    return FinalisationOut(
        state="finalised" if holds else "reopened",
        display_name=names.get(said.person_id or "", ""),
        at=said.at,
        instances=said.instances,
        note=said.note,
    )
