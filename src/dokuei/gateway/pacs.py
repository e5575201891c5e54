"""Objects into the hospital's PACS by C-STORE (PS3.4 B): what it said of each, in its own words and in ours."""

import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

from dokuei.errors import DokueiError, UnreachableError
from dokuei.gateway.pacs_tls import client_context
from dokuei.settings import Destination, Settings

Handlers = Sequence[tuple[evt.EventType, Callable[[evt.Event], object]]]

_SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
_ANSWER_SECONDS = 10.0
_SUCCESS = 0x0000
_DUPLICATE = 0x0111
_WARNINGS = frozenset({0x0001, 0x0107, 0x0116, *range(0xB000, 0xC000)})
_PHASE = "delivering to the PACS"
_UNSENDABLE = (ValueError, RuntimeError, AttributeError, KeyError, TypeError, OSError)
UNREADABLE = (*_UNSENDABLE, InvalidDicomError, BytesLengthException, DokueiError)


@dataclass(frozen=True)
class Outcome:
    """What the PACS said of one object; ``error`` is empty where it is stored, ``note`` names a warning.

    ``said`` are the PACS's own words: they may name the patient, and stay in the hospital. Where it is not
    ``answered``, the association did not outlive it. ``objects`` are SOP class and instance of what was taken.
    """

    delivery_id: str
    error: str = ""
    note: str = ""
    said: str = ""
    answered: bool = True
    objects: tuple[tuple[str, str], ...] = ()


class NothingOfferedError(UnreachableError):
    """It answered, and takes none of the classes that it was asked for."""

    code = "nothing-offered"


@dataclass(frozen=True)
class Parcel:
    """One object to store."""

    delivery_id: str
    sop_class_uid: str
    path: Path


def as_sent(dataset: Dataset) -> Dataset:
    """Where the hub knows true identities, nothing needs to be put back."""
    return dataset


def deliver(
    settings: Settings, objects: Iterable[Parcel], *, reidentify: Callable[[Dataset], Dataset] = as_sent
) -> tuple[Outcome, ...]:
    """Store objects in the PACS over one association, and say for each what came of it.

    ``reidentify`` puts the patient's true identity back around the untouched PDF, where the site sends pseudonyms.

    Raises:
        UnreachableError: no association; nothing was stored.
    """
    waiting = list(objects)
    destination = settings.gateway.pacs
    if destination is None:
        raise UnreachableError("no PACS is set", phase=_PHASE, remedy="set [gateway.pacs] in dokuei.toml")
    outcomes: list[Outcome] = []
    while waiting:
        try:
            outcomes += _store_some(settings, destination, waiting, reidentify)
        except UnreachableError as error:
            if not outcomes:
                raise
            outcomes += [Outcome(parcel.delivery_id, error=str(error)) for parcel in waiting]
            break
        told = {outcome.delivery_id for outcome in outcomes}
        waiting = [parcel for parcel in waiting if parcel.delivery_id not in told]
    return tuple(outcomes)


def _store_some(
    settings: Settings,
    destination: Destination,
    parcels: Sequence[Parcel],
    reidentify: Callable[[Dataset], Dataset],
) -> list[Outcome]:
    """As many as one association bears: an object that makes the PACS hang up leaves the others to the next one."""
    association = associated(settings, destination, {parcel.sop_class_uid for parcel in parcels})
    outcomes: list[Outcome] = []
    try:
        for parcel in parcels:
            outcomes.append(_store(association, parcel, reidentify))
            if not outcomes[-1].answered or not association.is_established:
                break
    finally:
        association.release()
    return outcomes


def associated(
    settings: Settings,
    destination: Destination,
    sop_class_uids: Collection[str],
    handlers: Handlers = (),
) -> Association:
    """An association for these classes, as far as the PACS takes them.

    Raises:
        NothingOfferedError: it takes none of them.
        UnreachableError: it does not answer, or refuses.
    """
    entity = entity_of(settings)
    for sop_class_uid in sorted(sop_class_uids):
        entity.add_requested_context(sop_class_uid, _SYNTAXES)
    return associate(entity, destination, handlers)


def entity_of(settings: Settings) -> AE:
    """The gateway as a user of the PACS's services."""
    entity = AE(ae_title=settings.gateway.ae_title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = 30
    return entity


def associate(
    entity: AE,
    destination: Destination,
    handlers: Handlers = (),
    roles: Sequence[SCP_SCU_RoleSelectionNegotiation] = (),
) -> Association:
    """An association for what the entity asks for; ``roles`` are those in which it is itself the provider.

    Raises:
        NothingOfferedError: it takes none of them.
        UnreachableError: it does not answer, or refuses.
    """
    _demand_answer(destination)
    tls = (client_context(destination), destination.host) if destination.tls else None
    association = entity.associate(
        destination.host,
        destination.port,
        ae_title=destination.ae_title,
        tls_args=tls,
        evt_handlers=list(handlers),
        ext_neg=list(roles),
    )
    if not association.is_established and association.rejected_contexts:
        raise NothingOfferedError(
            f"{destination.ae_title} takes none of what it was offered", phase=_PHASE, remedy="see what it supports"
        )
    if not association.is_established:
        raise UnreachableError(
            f"{destination.ae_title} at {destination.host}:{destination.port} refused the association",
            phase=_PHASE,
            remedy="check AE titles and the PACS's list of known stations",
        )
    return association


def _demand_answer(destination: Destination) -> None:
    """A port that nobody listens on is told from a refusal (and pynetdicom leaves its socket open there)."""
    try:
        socket.create_connection((destination.host, destination.port), timeout=_ANSWER_SECONDS).close()
    except OSError as error:
        raise UnreachableError(
            f"{destination.ae_title} at {destination.host}:{destination.port} does not answer: {error.strerror}",
            phase=_PHASE,
            remedy="check that the PACS runs and that no firewall is in between",
        ) from error


def _store(association: Association, parcel: Parcel, reidentify: Callable[[Dataset], Dataset]) -> Outcome:
    try:
        dataset = reidentify(dcmread(parcel.path))
    except UNREADABLE as error:
        ours = isinstance(error, DokueiError)  # any other error may name the patient
        why = str(error) if ours else f"the object cannot be read or re-identified: {type(error).__name__}"
        return Outcome(parcel.delivery_id, error=why)
    try:
        answer = association.send_c_store(dataset)
    except _UNSENDABLE as error:
        return Outcome(parcel.delivery_id, error=f"the PACS takes no such object: {type(error).__name__}")
    status = answer.get("Status")
    taken = ((str(dataset.SOPClassUID), str(dataset.SOPInstanceUID)),)
    if status in {_SUCCESS, _DUPLICATE}:
        return Outcome(parcel.delivery_id, objects=taken)
    if status in _WARNINGS:
        note = f"warning 0x{status:04X} {answer.get('ErrorComment', '')}".strip()
        return Outcome(parcel.delivery_id, note=note, objects=taken)
    if status is None:
        return Outcome(parcel.delivery_id, error="the PACS did not store it: no answer", answered=False)
    words = str(answer.get("ErrorComment", ""))
    return Outcome(parcel.delivery_id, error=f"the PACS did not store it: status 0x{status:04X}", said=words)
