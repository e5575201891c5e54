"""The gateway's door: what answers which message. 0x0000 to a C-STORE: durably ours (PS3.4 A and B, PS3.7 9.1)."""

from dataclasses import dataclass
from typing import Final

import structlog

from dokuei.gateway.commitment import Commitment
from dokuei.gateway.commitment_heard import Promises
from dokuei.gateway.incoming import Incoming
from dokuei.gateway.keep import Keeper
from dokuei.gateway.look import Origin
from dokuei.gateway.receive_association import Answer, Association, Message
from dokuei.gateway.receive_messages import (
    C_CANCEL_RQ,
    C_ECHO_RQ,
    C_FIND_RQ,
    C_STORE_RQ,
    N_ACTION_RQ,
    N_CREATE_RQ,
    N_EVENT_REPORT_RQ,
    N_EVENT_REPORT_RSP,
    N_SET_RQ,
    RESPONSE,
    Command,
)
from dokuei.gateway.receive_negotiation import (
    MODALITY_WORKLIST,
    PERFORMED_STEP,
    SERVICES,
    STORAGE_COMMITMENT,
    VERIFICATION,
)
from dokuei.gateway.steps.find import Worklist
from dokuei.gateway.steps.perform import Performing
from dokuei.storage.audit import gateway_trail

_SUCCESS: Final = 0x0000
_CLASS_NOT_SUPPORTED: Final = 0x0122
_UNRECOGNISED_OPERATION: Final = 0x0211
_log = structlog.get_logger()


@dataclass(frozen=True)
class Ignored:
    """A message whose data set, if it has one, is read and dropped."""

    answer: Answer | None

    def write(self, piece: memoryview) -> None:
        """Nothing is kept."""

    def finish(self) -> Answer | None:
        """The answer was clear from the command."""
        return self.answer

    def discard(self) -> None:
        """Nothing was kept."""


@dataclass(frozen=True)
class Storing:
    """One C-STORE: its data set goes to disk as it comes."""

    keeper: Keeper
    incoming: Incoming
    origin: Origin

    def write(self, piece: memoryview) -> None:
        """To disk and into the hash."""
        self.incoming.write(piece)

    def finish(self) -> Answer:
        """Keep it, then say so."""
        outcome = self.keeper.keep(self.incoming, self.origin)
        _log.debug("instance.received", outcome=outcome, bytes=self.incoming.size)
        return Answer(_SUCCESS)

    def discard(self) -> None:
        """The association broke: nobody was answered, nothing stays."""
        self.incoming.discard()


@dataclass(frozen=True)
class Receiving:
    """The service classes of the gateway's door."""

    keeper: Keeper
    commitment: Commitment
    worklist: Worklist
    performing: Performing
    promises: Promises
    ae_title: str

    def begin(self, association: Association, context_id: int, command: Command) -> Message:
        """Choose what is done with a message."""
        context = association.context(context_id)
        if command.field == C_STORE_RQ:
            return self._store(association, context_id, command)
        if command.field == C_ECHO_RQ and context.abstract_syntax == VERIFICATION:
            return Ignored(Answer(_SUCCESS))
        service = self._service(context.abstract_syntax, command.field)
        if service is not None:
            return service.begin(association, context_id, command)
        if command.field & RESPONSE or command.field == C_CANCEL_RQ:
            return Ignored(None)
        return Ignored(Answer(_UNRECOGNISED_OPERATION, "this operation is not offered"))

    def _service(self, abstract_syntax: str, field: int) -> Commitment | Promises | Worklist | Performing | None:
        """Who answers what is neither stored nor an echo."""
        if abstract_syntax == STORAGE_COMMITMENT and field in {N_ACTION_RQ, N_EVENT_REPORT_RSP}:
            return self.commitment
        if abstract_syntax == STORAGE_COMMITMENT and field == N_EVENT_REPORT_RQ:
            return self.promises
        if abstract_syntax == MODALITY_WORKLIST and field == C_FIND_RQ:
            return self.worklist
        if abstract_syntax == PERFORMED_STEP and field in {N_CREATE_RQ, N_SET_RQ}:
            return self.performing
        return None

    def ended(self, association: Association) -> None:
        """Reports of storage commitment that the peer did not take go out on a new association, now."""
        if association.reports:
            self.commitment.hasten(list(association.reports.values()))

    def turned_away(self, address: str, why: str) -> None:
        """Who was not let in stands in the audit trail (NET-14)."""
        with self.commitment.spool.database.begin() as connection:
            gateway_trail.append(
                connection, actor=f"address:{address}", event="association.rejected", details={"why": why}
            )

    def _store(self, association: Association, context_id: int, command: Command) -> Message:
        context = association.context(context_id)
        if context.abstract_syntax in SERVICES or command.sop_class_uid != context.abstract_syntax:
            return Ignored(Answer(_CLASS_NOT_SUPPORTED, "SOP class is not the presentation context's"))
        incoming = self.keeper.begin()
        agreement = association.agreement
        incoming.head(
            sop_class_uid=command.sop_class_uid,
            sop_instance_uid=command.sop_instance_uid,
            transfer_syntax_uid=context.transfer_syntax,
            sending_ae=agreement.calling_ae,
            receiving_ae=self.ae_title,
        )
        origin = Origin(
            transfer_syntax_uid=context.transfer_syntax,
            sending_ae=agreement.calling_ae,
            peer_address=association.address,
            sop_class_uid=command.sop_class_uid,
            sop_instance_uid=command.sop_instance_uid,
        )
        return Storing(self.keeper, incoming, origin)
