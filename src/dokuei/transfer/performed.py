"""What a hospital's modalities report of their work, as the gateway passes it on (PS3.4 F.7): counts, no names."""

from typing import Annotated, Literal

from pydantic import Field

from dokuei.transfer.protocol import Message, Uid

PERFORMED_PATH = "/gateway/v1/performed"

PerformedState = Literal["in_progress", "completed", "discontinued"]


class PerformedStep(Message):
    """One performed procedure step as it is known now; ``series`` counts the objects to be read that it made.

    ``version`` grows with each word of the modality: an older one never replaces a newer one.
    """

    step_uid: Uid
    study_instance_uid: Uid
    state: PerformedState
    version: Annotated[int, Field(ge=1)]
    series: dict[Uid, Annotated[int, Field(ge=0, le=1_000_000)]] = Field(default_factory=dict, max_length=2000)
