"""What a hospital's message asks for: orders (ORM^O01, OMI^O23, OMG^O19) and corrections of patients (ADT^A08, A40)."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, Literal, TypeVar

from dokuei.gateway.hl7.message import (
    EVENT,
    MESSAGE_TYPE,
    NOT_IN_TABLE,
    PROCESSING,
    REQUIRED,
    SEGMENT_MISSING,
    VERSION,
    Message,
    Repetition,
    Segment,
    part,
)
from dokuei.gateway.hl7.names import physician
from dokuei.gateway.hl7.person import corrections, day, naming_fields, patient, wrong
from dokuei.gateway.hl7.schedule import scheduled
from dokuei.gateway.steps.schedule import Scheduled
from dokuei.transfer.contract import KINDS, KINDS_JA, ReadingKind
from dokuei.transfer.orders import (
    Order,
    OrderAction,
    OrderedCode,
    OrderedPatient,
    OrderPriority,
    PatientCorrection,
)

_Word = TypeVar("_Word")
AccessionField = Literal["first-found", "IPC-1", "OBR-18", "OBR-19", "filler"]

_ORDERS: Final = {"ORM": "O01", "OMI": "O23", "OMG": "O19"}
_CORRECTIONS: Final = {"A08": "update", "A40": "merge"}
_ACTIONS: Final[dict[str, OrderAction]] = {
    "NW": "new",
    "XO": "change",
    "XX": "change",
    "RP": "change",
    "RO": "change",
    "CA": "cancel",
    "DC": "cancel",
    "OC": "cancel",
    "OD": "cancel",
}
_PRIORITIES: Final[dict[str, OrderPriority]] = {"S": "urgent", "STAT": "urgent", "A": "high", "T": "high", "P": "high"}
_STATUS_ONLY: Final = frozenset({"SC", "SN", "NA", "OK", "CN", "OR", "XR", "CR", "DR"})
_OVER: Final = frozenset({"CA", "DC"})
_MODALITIES: Final = frozenset({"MG", "US", "MR", "CT", "PT", "NM", "CR", "DX", "DR", "RF", "XA", "OT"})
_ATTACHED: Final = frozenset({"ED", "RP"})
_MOST_WORDS: Final = 100  # they are kept in one transaction, for which images that come have to wait


@dataclass(frozen=True)
class Group:
    """One order of a message: ORC, OBR and what follows them."""

    orc: Segment
    obr: Segment | None = None
    others: tuple[Segment, ...] = ()

    def named(self, name: str) -> tuple[Segment, ...]:
        """Its segments of a name."""
        return tuple(segment for segment in self.others if segment.name == name)

    def either(self, orc: int, obr: int, component: int = 1) -> str:
        """What ORC and OBR both have room for."""
        return self.orc.text(orc, component) or ("" if self.obr is None else self.obr.text(obr, component))


@dataclass(frozen=True)
class Said:
    """What a message says; none of either: a state of an order that asks nothing of a reader."""

    orders: tuple[Order, ...] = ()
    corrections: tuple[PatientCorrection, ...] = field(default=())
    scheduled: tuple[Scheduled, ...] = ()  # of each order, in their order


def understand(message: Message, *, accession_number: AccessionField = "first-found") -> Said:
    """The orders or corrections in a message.

    Raises:
        Hl7Error: a type that is not taken, a segment or field that is missing or cannot be understood.
    """
    header = message.header
    kind, event = header.text(9, 1).upper(), header.text(9, 2).upper()
    _demand_header(header)
    if kind == "ADT":
        if event not in _CORRECTIONS:
            raise wrong("an event that is not taken: ADT^A08 and ADT^A40 are", "MSH-9", EVENT)
        return Said(corrections=tuple(_few(corrections(message, event), "PID")))
    if kind not in _ORDERS:
        raise wrong("a message type that is not taken: ORM, OMI, OMG and ADT are", "MSH-9", MESSAGE_TYPE)
    if event and event != _ORDERS[kind]:
        raise wrong(f"an event that is not taken: {kind}^{_ORDERS[kind]} is", "MSH-9", EVENT)
    told = _few(_orders(message, accession_number), "ORC")
    return Said(orders=tuple(one for one, _ in told), scheduled=tuple(one for _, one in told))


def _few(words: Iterable[_Word], location: str) -> list[_Word]:
    """All that a message says, which no honest one says without end."""
    told = list(islice(words, _MOST_WORDS + 1))
    if len(told) > _MOST_WORDS:
        raise wrong(f"a message of more than {_MOST_WORDS} orders or corrections", location, SEGMENT_MISSING)
    return told


def _demand_header(header: Segment) -> None:
    if not header.text(10):
        raise wrong("a message without a control ID", "MSH-10", REQUIRED)
    if header.text(11).upper() not in {"", "P"}:
        raise wrong("not a message of real work: processing ID P is taken", "MSH-11", PROCESSING)
    if not header.text(12).startswith("2"):
        raise wrong("a version that is not taken: 2.x is", "MSH-12", VERSION)


def _orders(message: Message, accession_number: AccessionField) -> Iterator[tuple[Order, Scheduled]]:
    persons = message.named("PID")
    if not persons:
        raise wrong("an order without a patient", "PID", SEGMENT_MISSING)
    if len(persons) > 1:
        raise wrong("an order of more than one patient", "PID", SEGMENT_MISSING)
    who, groups = patient(persons[0]), _groups(message.segments)
    if not groups:
        raise wrong("an order without its control", "ORC", SEGMENT_MISSING)
    before = _before_orders(message.segments)
    for group in groups:
        action = _action(group)
        if action is None:
            continue
        if group.obr is None and action == "new":
            raise wrong("an order without what is to be done", "OBR", SEGMENT_MISSING)
        for step in _steps(message, group):
            yield _order(action, who, step, before, accession_number), scheduled(_planned(group), step[1])


def _groups(segments: Sequence[Segment]) -> list[Group]:
    groups: list[Group] = []
    for segment in segments:
        if segment.name == "ORC" or (segment.name == "OBR" and groups and groups[-1].obr is not None):
            groups.append(Group(segment if segment.name == "ORC" else groups[-1].orc))
        if not groups or segment.name == "ORC":
            continue
        if segment.name == "OBR":
            groups[-1] = replace(groups[-1], obr=segment)
        else:
            groups[-1] = replace(groups[-1], others=(*groups[-1].others, segment))
    return groups


def _before_orders(segments: Sequence[Segment]) -> Group:
    """What stands before the first ORC is of the patient and the visit, and holds for every order."""
    first = next(number for number, segment in enumerate(segments) if segment.name == "ORC")
    return Group(segments[0], None, tuple(segments[:first]))


def _steps(message: Message, group: Group) -> list[tuple[Group, Segment | None, str]]:
    """A group for each accession number and study that its IPC name; ZDS-1 names the study in older profiles."""
    older = next((segment.text(1) for segment in message.named("ZDS")), "")
    found: dict[tuple[str, str], Segment] = {}
    for ipc in group.named("IPC"):
        found.setdefault((ipc.text(1), ipc.text(3)), ipc)
    return [(group, ipc, ipc.text(3) or older) for ipc in found.values()] or [(group, None, older)]


def _action(group: Group) -> OrderAction | None:
    """What ORC-1 wants done (table 0119); ``None`` for words about an order that ask nothing."""
    control, status = group.orc.text(1).upper(), group.orc.text(5).upper()
    if control in _ACTIONS:
        return _ACTIONS[control]
    if control in _STATUS_ONLY:
        return "cancel" if status in _OVER else None
    if not control:
        raise wrong("an order that does not say what is wanted", "ORC-1", REQUIRED)
    raise wrong("an order control that is not taken: NW, XO, CA and DC are", "ORC-1", NOT_IN_TABLE)


def _order(
    action: OrderAction,
    who: OrderedPatient,
    step: tuple[Group, Segment | None, str],
    before: Group,
    accession_field: AccessionField,
) -> Order:
    group, ipc, study = step
    placer, filler = group.either(2, 2), group.either(3, 3)
    accession, issuer = _accession(group, ipc, filler, accession_field)
    if not (placer or accession):
        raise wrong("an order without a number", "ORC-2", REQUIRED)
    obr = group.obr
    with naming_fields():
        return Order(
            action=action,
            placer_order_number=placer,
            filler_order_number=filler,
            accession_number=accession,
            issuer_of_accession_number=issuer,
            study_instance_uid=study or None,
            patient=who,
            procedure=OrderedCode() if obr is None else _code(obr.repetitions(4)),
            modality=_modality(group, ipc),
            kind=_kind(group),
            examination_date=_examination_date(group),
            priority=_priority(group),
            requesting_physician=_physician(group),
            requesting_department=_department(group, before),
            reason=_reason(group),
            clinical_information=_clinical(group, before),
        )


def _accession(group: Group, ipc: Segment | None, filler: str, where: AccessionField) -> tuple[str, str]:
    """The number that the images carry, and its issuer."""
    places: dict[str, Callable[[], tuple[str, str]]] = {
        "IPC-1": lambda: ("", "") if ipc is None else (ipc.text(1), ipc.text(1, 2) or ipc.text(1, 3)),
        "OBR-18": lambda: ("" if group.obr is None else group.obr.text(18), ""),
        "OBR-19": lambda: ("" if group.obr is None else group.obr.text(19), ""),
        "filler": lambda: (filler, group.either(3, 3, 2)),
    }
    wanted = ("IPC-1", "OBR-18", "filler") if where == "first-found" else (where,)
    return next((found for place in wanted if (found := places[place]())[0]), ("", ""))


def _code(repetitions: Sequence[Repetition]) -> OrderedCode:
    """JJ1017 where either triplet of a CE is of it; else the first."""
    if not repetitions:
        return OrderedCode()
    triplets = [[part(repetitions[0], first + at) for at in range(3)] for first in (1, 4)]
    written = [one for one in triplets if one[0] or one[1]]
    if not written:
        return OrderedCode()
    value, meaning, scheme = next((one for one in written if one[2].upper().startswith("JJ1017")), written[0])
    meaning = meaning or next((one[1] for one in written if one[1]), "")
    return OrderedCode(value=value, scheme=scheme, meaning=meaning)


def _modality(group: Group, ipc: Segment | None) -> str:
    if ipc is not None and ipc.text(5):
        return ipc.text(5).upper()
    section = "" if group.obr is None else group.obr.text(24).upper()
    return section if section in _MODALITIES else ""


def _kind(group: Group) -> ReadingKind | Literal[""]:
    """OBR-46, by our codes or their words; what is none of them is the hospital's own and says nothing of this."""
    repetitions = () if group.obr is None else group.obr.repetitions(46)
    said = {part(one, at).strip().lower().replace(" ", "_") for one in repetitions for at in (1, 2, 4, 5)}
    return next((one for one in KINDS if one in said or KINDS_JA[one] in said), "")


def _examination_date(group: Group) -> str:
    """Planned or done, from where it stands first."""
    return next(filter(None, map(day, _planned(group))), "")


def _planned(group: Group) -> list[str]:
    """Moments in the order in which they are believed: TQ1-7, ORC-7, OBR-27, OBR-36, OBR-7."""
    tq1 = next(iter(group.named("TQ1")), None)
    obr = group.obr
    return [
        "" if tq1 is None else tq1.text(7),
        group.orc.text(7, 4),
        *([] if obr is None else [obr.text(27, 4), obr.text(36), obr.text(7)]),
    ]


def _priority(group: Group) -> OrderPriority:
    tq1 = next(iter(group.named("TQ1")), None)
    told = ["" if tq1 is None else tq1.text(9), group.either(7, 27, 6), "" if group.obr is None else group.obr.text(5)]
    code = next(filter(None, told), "").upper()
    return _PRIORITIES.get(code, "high" if re.fullmatch(r"T[SMHDWL][0-9]+", code) else "routine")


def _physician(group: Group) -> str:
    asked = "" if group.obr is None else physician(group.obr.repetitions(16))
    return asked or physician(group.orc.repetitions(12))


def _department(group: Group, before: Group) -> str:
    visit = next(iter(before.named("PV1")), None)
    told = [group.orc.text(17, 2), group.orc.text(17), "" if visit is None else visit.text(10)]
    return next(filter(None, told), "")


def _reason(group: Group) -> str:
    told = [] if group.obr is None else [_worded(one) for one in group.obr.repetitions(31)]
    if not any(told):
        told = [_worded(one) for one in group.orc.repetitions(16)]
    return "\n".join(filter(None, told))


def _worded(one: Repetition) -> str:
    """A CE as a person reads it: its text, and the code where there is no text."""
    return part(one, 2) or part(one, 5) or part(one, 1)


def _clinical(group: Group, before: Group) -> str:
    """OBR-13, notes, observations and diagnoses: all that a reader may need, a line each."""
    lines = ["" if group.obr is None else group.obr.whole(13)]
    for segment in (*before.others, *group.others):
        if segment.name == "NTE":
            lines.append(segment.whole(3))
        elif segment.name == "OBX":
            lines.append(_observation(segment))
        elif segment.name == "DG1":
            lines.append(_worded(next(iter(segment.repetitions(3)), ())) or segment.whole(4))
    return "\n".join(filter(None, lines))


def _observation(obx: Segment) -> str:
    name = _worded(next(iter(obx.repetitions(3)), ()))
    if obx.text(2).upper() in _ATTACHED:
        return f"{name}: (添付は取り込まれません attachment not taken over)"
    coded = obx.text(2).upper() in {"CE", "CWE"}
    value = "\n".join(_worded(one) for one in obx.repetitions(5)) if coded else obx.whole(5)
    said = " ".join(filter(None, (value, obx.text(6))))
    return ": ".join(filter(None, (name, said)))
