"""A screening batch (検診バッチ), whom its roster (名簿) names, how far each is, and the judgement (判定). Pure."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from dokuei.errors import RequestError

LONGEST_NAME: Final = 200
_NO_FINDING: Final = frozenset({"1", "2"})
_NOT_APPLICABLE: Final = "NA"
Side = Literal["right", "left"]


@dataclass(frozen=True)
class Examinee:
    """One line of a roster; days as YYYYMMDD."""

    patient_id: str
    examination_date: str
    exam_number: str = ""
    accession_number: str = ""
    name: str = ""
    kana: str = ""
    romaji: str = ""
    birth_date: str = ""
    sex: Literal["M", "F", "O", ""] = ""
    palpation: str = ""
    previous: str = ""

    @property
    def key(self) -> str:
        """What makes two lines one person's examination."""
        said = f"{self.examination_date}\n{self.patient_id.upper()}"
        return hashlib.sha256(said.encode()).hexdigest()

    def differs_from(self, other: "Examinee") -> tuple[str, ...]:
        """The fields that say something else."""
        theirs = asdict(other)
        return tuple(name for name, value in asdict(self).items() if value != theirs[name])

    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Plan:
    """What somebody says of a batch when it is made.

    ``accession_is_exam_number``: images carry the examination number (受診番号) as their accession number.
    """

    name: str
    held_on: date
    organiser: str
    read_twice: bool
    accession_is_exam_number: bool


@dataclass(frozen=True)
class Batch:
    """One day or one bus of a screening programme at one site."""

    batch_id: str
    site_id: str
    plan: Plan
    made_at: datetime
    made_by: str
    made_by_name: str


@dataclass(frozen=True)
class Entry:
    """A person who was taken from the roster, and the reading request that asks for their images."""

    batch_id: str
    site_id: str
    number: int
    examinee: Examinee
    request_id: str
    taken_at: datetime


class Stage(StrEnum):
    """How far one person is, the furthest first."""

    JUDGED = "judged"
    READ_TWICE = "read_twice"
    READ_ONCE = "read_once"
    ARRIVED = "arrived"
    ARRIVING = "arriving"
    UNSETTLED = "unsettled"
    MISSING = "missing"
    CANCELED = "canceled"


_WITH_IMAGES: Final = frozenset({Stage.JUDGED, Stage.READ_TWICE, Stage.READ_ONCE, Stage.ARRIVED})


@dataclass(frozen=True)
class Standing:
    """What requests say of one request: its state, and the studies that are joined to it."""

    state: Literal["waiting", "proposed", "matched", "mismatch", "canceled"]
    studies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What the worklist says of one study: its case, whether all images are here, which readings are signed."""

    worklist_item_id: str
    complete: bool
    signed: frozenset[str] = frozenset()
    late_images: bool = False


def stage_of(standing: Standing | None, readings: Iterable[Reading]) -> Stage:
    """How far a person is; a request that fits several studies, or not its images, is for people first."""
    known = tuple(readings)
    if standing is None or standing.state == "canceled":
        return Stage.CANCELED
    if standing.state in {"mismatch", "proposed"} or len(standing.studies) > 1:
        return Stage.UNSETTLED
    if standing.state == "waiting" or not known:
        return Stage.MISSING
    one = known[0]
    if one.signed & {"sole", "arbiter"}:
        return Stage.JUDGED
    if one.signed:
        return Stage.READ_TWICE if len(one.signed) > 1 else Stage.READ_ONCE
    return Stage.ARRIVED if one.complete else Stage.ARRIVING


@dataclass(frozen=True)
class Counts:
    """What a batch's page says at a glance."""

    expected: int = 0
    arrived: int = 0
    read_once: int = 0
    read_twice: int = 0
    judged: int = 0
    missing: int = 0
    unsettled: int = 0


def counted(stages: Iterable[tuple[Stage, Reading | None]]) -> Counts:
    """Each number counts everybody who is at least so far; who is canceled is not expected."""
    found: Counter[str] = Counter()
    for stage, reading in stages:
        if stage is Stage.CANCELED:
            continue
        readings = 0 if reading is None or stage not in _WITH_IMAGES else len(reading.signed - {"arbiter"})
        found["expected"] += 1
        found["arrived"] += stage in _WITH_IMAGES
        found["read_once"] += readings >= 1
        found["read_twice"] += readings > 1
        found["judged"] += stage is Stage.JUDGED
        found["missing"] += stage in {Stage.MISSING, Stage.ARRIVING}
        found["unsettled"] += stage is Stage.UNSETTLED
    return Counts(**found)


@dataclass(frozen=True)
class Opinion:
    """What one signed report says; ``work_up`` is whether its categories ask for more on their own scale."""

    role: str
    right: str
    left: str
    work_up: bool
    scale: str
    findings: str
    impression: str
    density: str
    reader: str
    signed_at: datetime
    version: int


class Judgement(StrEnum):
    """What the person is told: nothing found, go to a clinic, or neither of the two."""

    NORMAL = "normal"
    WORK_UP = "work_up"
    OPEN = "open"


def judged(opinion: Opinion) -> Judgement:
    """要精検 where either breast asks for it; 異常なし only where each breast that was read is 1 or 2."""
    if opinion.work_up:
        return Judgement.WORK_UP
    read = {opinion.right, opinion.left} - {_NOT_APPLICABLE}
    return Judgement.NORMAL if read and read <= _NO_FINDING else Judgement.OPEN


@dataclass(frozen=True)
class Outcome:
    """One person of a batch: how far they are, with which opinions, the final one apart.

    First and second readings are here only when both are signed: until then each is for its own reader alone.
    """

    entry: Entry
    stage: Stage
    reading: Reading | None = None
    final: Opinion | None = None
    first: Opinion | None = None
    second: Opinion | None = None


def outcome_of(
    entry: Entry, stage: Stage, reading: Reading | None, opinions: Mapping[str, Opinion], *, settled: bool
) -> Outcome:
    """A person with what may be said of the opinions on their images; nothing where those may be another's."""
    if not settled:
        return Outcome(entry, stage, reading)
    pair = opinions.get("first"), opinions.get("second")
    first, second = pair if all(pair) else (None, None)
    return Outcome(entry, stage, reading, opinions.get("sole") or opinions.get("arbiter"), first, second)


def checked(plan: Plan) -> Plan:
    """Refuse a batch without a name.

    Raises:
        RequestError: no name, too long, or letters that cannot be printed.
    """
    wrong = None
    if not plan.name.strip():
        wrong = "a batch needs a name"
    elif max(len(plan.name), len(plan.organiser)) > LONGEST_NAME:
        wrong = f"at most {LONGEST_NAME} letters"
    elif not (plan.name + plan.organiser).isprintable():
        wrong = "letters that cannot be printed"
    if wrong:
        raise RequestError(wrong, phase="making a screening batch")
    return plan


Refusal = Literal[
    "columns", "no_patient_id", "no_name", "birth_date", "examination_date", "sex", "too_long", "letters",
    "no_exam_number", "twice_in_file", "changed", "other_batch", "accession_taken",
]  # fmt: skip


@dataclass(frozen=True)
class LineOutcome:
    """What became, or would become, of one line; ``fields`` names what is meant, never what stands there."""

    number: int
    outcome: Literal["taken", "known", "refused"]
    exam_number: str = ""
    name: str = ""
    reason: Refusal | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class RosterOutcome:
    """What became of a roster, line by line; ``ignored`` are headings that mean nothing here."""

    taken: bool
    lines: tuple[LineOutcome, ...]
    ignored: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
