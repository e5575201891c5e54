"""Who may associate, and for what: the acceptor's half of an association's start (PS3.8 9.3.2 to 9.3.4, PS3.7 D)."""

import ipaddress
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RJ, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
    SCP_SCU_RoleSelectionNegotiation,
)
from pynetdicom.presentation import PresentationContext

from dokuei.dicom import uids
from dokuei.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, STORABLE, TRANSFER_SYNTAXES, Kind
from dokuei.errors import AccessError, AdmissionError
from dokuei.settings import Peer
from dokuei.settings.section import is_from_here

VERIFICATION: Final = "1.2.840.10008.1.1"
STORAGE_COMMITMENT: Final = "1.2.840.10008.1.20.1"
MODALITY_WORKLIST: Final = "1.2.840.10008.5.1.4.31"
PERFORMED_STEP: Final = "1.2.840.10008.3.1.2.3.3"
SERVICES: Final = frozenset({VERIFICATION, STORAGE_COMMITMENT, MODALITY_WORKLIST, PERFORMED_STEP})
MAXIMUM_PDU_BYTES: Final = 131072  # the largest that DCMTK sends; larger ones gain nothing measurable

_APPLICATION_CONTEXT: Final = "1.2.840.10008.3.1.1.1"
_DICOM_ROOT: Final = "1.2.840.10008."
_STORAGE_ROOT: Final = "1.2.840.10008.5.1.4.1.1."
_SYNTAXES: Final = frozenset(STORABLE)
_COMMAND_SYNTAXES: Final = (uids.EXPLICIT_LITTLE, uids.IMPLICIT_LITTLE)
# Objects of no patient and no study (PS3.4 GG): nothing that a reader looks at. docs/conformance.md lists them.
_WITHOUT_STUDY: Final = (
    uids.MEDIA_STORAGE_DIRECTORY,
    "1.2.840.10008.5.1.4.38.",
    "1.2.840.10008.5.1.4.39.",
    "1.2.840.10008.5.1.4.43.",
    "1.2.840.10008.5.1.4.44.",
    "1.2.840.10008.5.1.4.45.",
)


class RejectedError(AccessError):
    """An association that is not accepted, with the three numbers of A-ASSOCIATE-RJ (PS3.8 9.3.4)."""

    code = "association-rejected"

    def __init__(self, what: str, *, result: int, source: int, diagnostic: int) -> None:
        super().__init__(what, phase="associating")
        self.result = result
        self.source = source
        self.diagnostic = diagnostic


@dataclass(frozen=True)
class Context:
    """One accepted presentation context."""

    abstract_syntax: str
    transfer_syntax: str


@dataclass(frozen=True)
class Agreement:
    """What both sides agreed on; ``reply`` is the A-ASSOCIATE-AC."""

    calling_ae: str
    called_ae: str
    contexts: dict[int, Context]
    reply: bytes


@dataclass(frozen=True)
class Doorkeeper:
    """The rules of who may come in (called AE title; calling AE title and address together, NET-13).

    ``in_clear`` is for the listener without TLS, where nothing but its address vouches for a peer; ``host`` is where
    the gateway listens, so that it knows itself.
    """

    ae_title: str
    peers: tuple[Peer, ...]
    full: bool = False
    in_clear: bool = False
    host: str = ""

    def agree(self, request: bytes, *, address: str) -> Agreement:
        """Answer an A-ASSOCIATE-RQ.

        Raises:
            RejectedError: this peer may not associate.
            AdmissionError: the request cannot be read.
        """
        if self.full:
            raise RejectedError("as many associations as we take", result=2, source=3, diagnostic=2)
        offer = _negotiated(request)
        if offer.application_context != _APPLICATION_CONTEXT:
            raise RejectedError("an application context that is not DICOM's", result=1, source=1, diagnostic=2)
        if offer.called_ae != self.ae_title:
            raise RejectedError(f"called AE title {offer.called_ae!r} is not ours", result=1, source=1, diagnostic=7)
        if not self.may(offer.calling_ae, address):
            raise RejectedError(
                f"calling AE title {offer.calling_ae!r} at {address} is not listed", result=1, source=1, diagnostic=3
            )
        return offer.agreement

    def may(self, calling_ae: str, address: str) -> bool:
        """Listed peers only; with an empty list, anybody on this machine; and the gateway itself, for its pulse."""
        if calling_ae == self.ae_title and is_from_here(str(_ip(address)), self.host):
            return True
        if not self.peers:
            return _ip(address).is_loopback
        return any(peer.ae_title == calling_ae and self._comes_from(peer, address) for peer in self.peers)

    def _comes_from(self, peer: Peer, address: str) -> bool:
        if not peer.address:
            return not self.in_clear or _ip(address).is_loopback
        return _within(address, peer.address)


def reject(error: RejectedError) -> bytes:
    """The A-ASSOCIATE-RJ for an error."""
    primitive = A_ASSOCIATE()
    primitive.result, primitive.result_source, primitive.diagnostic = error.result, error.source, error.diagnostic
    return bytes(A_ASSOCIATE_RJ(primitive).encode())


@cache
def looks_like_storage(uid: str) -> bool:
    """Every composite storage class, known, retired or still to come, and private ones; not what has no study."""
    if not uids.is_bearable(uid) or uid.startswith(_WITHOUT_STUDY):
        return False
    if not uid.startswith(_DICOM_ROOT):
        return True
    known = UID_dictionary.get(uid)
    if known is None or not known[0]:
        return uid.startswith(_STORAGE_ROOT)
    return known[1] == "SOP Class" and "Storage" in known[0] and "Commitment" not in known[0]


def choose_syntax(offered: Sequence[str]) -> str | None:
    """The sender's first lossless transfer syntax; a lossy one only where nothing else is offered.

    A context with both leaves the sender free to code lossily. Implicit VR is passed over for explicit VR, which
    keeps the types of private elements.
    """
    taken = [uid for uid in offered if uid in _SYNTAXES]
    if not taken:
        return None
    whole = [uid for uid in taken if TRANSFER_SYNTAXES[uid].kind in {Kind.NATIVE, Kind.LOSSLESS}]
    best = (whole or taken)[0]
    return uids.EXPLICIT_LITTLE if best == uids.IMPLICIT_LITTLE and uids.EXPLICIT_LITTLE in taken else best


@dataclass(frozen=True)
class _Offer:
    """A request as read, and what it would get."""

    application_context: str
    calling_ae: str
    called_ae: str
    agreement: Agreement


@lru_cache(maxsize=32)
def _negotiated(request: bytes) -> _Offer:
    """A modality asks for the same each time, often once an image; reading its hundred contexts takes 20 ms."""
    asked = _read(request)
    calling, called = str(asked.calling_ae_title).strip(), str(asked.called_ae_title).strip()
    results = [_answer(context) for context in asked.presentation_context_definition_list]
    contexts = {
        (result.context_id or 0): Context(str(result.abstract_syntax), str(result.transfer_syntax[0]))
        for result in results
        if result.result == 0
    }
    agreement = Agreement(calling, called, contexts, _accept(asked, results))
    return _Offer(str(asked.application_context_name), calling, called, agreement)


def _read(request: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd UIDs are judged below, not printed
            pdu = A_ASSOCIATE_RQ()
            pdu.decode(request)
            return pdu.to_primitive()
    except Exception as error:
        raise AdmissionError("an A-ASSOCIATE-RQ that cannot be read", phase="associating") from error


def _answer(proposed: PresentationContext) -> PresentationContext:
    abstract = str(proposed.abstract_syntax)
    offered = [str(uid) for uid in proposed.transfer_syntax]
    chosen: str | None
    answer = PresentationContext()
    answer.context_id = proposed.context_id
    answer.abstract_syntax = proposed.abstract_syntax
    if abstract in SERVICES:
        chosen = next((uid for uid in _COMMAND_SYNTAXES if uid in offered), None)
    elif looks_like_storage(abstract):
        chosen = choose_syntax(offered)
    else:
        answer.result = 0x03  # abstract syntax not supported
        answer.transfer_syntax = [UID(offered[0])]
        return answer
    answer.result = 0x00 if chosen else 0x04  # transfer syntaxes not supported
    answer.transfer_syntax = [UID(chosen or offered[0])]
    return answer


def _accept(asked: Any, results: list[PresentationContext]) -> bytes:
    answer = A_ASSOCIATE()
    answer.application_context_name = UID(_APPLICATION_CONTEXT)
    answer.calling_ae_title = asked.calling_ae_title
    answer.called_ae_title = asked.called_ae_title
    answer.result, answer.result_source = 0, 1
    answer.presentation_context_definition_results_list = results
    length = MaximumLengthNotification()
    length.maximum_length_received = MAXIMUM_PDU_BYTES
    implementation = ImplementationClassUIDNotification()
    implementation.implementation_class_uid = UID(IMPLEMENTATION_CLASS_UID)
    version = ImplementationVersionNameNotification()
    version.implementation_version_name = IMPLEMENTATION_VERSION_NAME
    answer.user_information = [length, implementation, version, *_roles(asked)]
    return bytes(A_ASSOCIATE_AC(answer).encode())


def _roles(asked: Any) -> list[SCP_SCU_RoleSelectionNegotiation]:
    """We are the provider of every class, and alone (PS3.7 D.3.3.4); a PACS reports what it commits to as one, too."""
    answers = []
    for item in asked.user_information:
        if isinstance(item, SCP_SCU_RoleSelectionNegotiation):
            answer = SCP_SCU_RoleSelectionNegotiation()
            answer.sop_class_uid = item.sop_class_uid
            provides = item.sop_class_uid == STORAGE_COMMITMENT and bool(item.scp_role)
            answer.scu_role, answer.scp_role = bool(item.scu_role), provides
            answers.append(answer)
    return answers


def _within(address: str, allowed: str) -> bool:
    return _ip(address) in ipaddress.ip_network(allowed, strict=False)


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
