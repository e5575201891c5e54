"""Staff wants a refused object looked at once more: after an update, or once its rival is gone."""

from dokuei.errors import NotFoundError
from dokuei.gateway.keep import Keeper
from dokuei.gateway.look import Origin
from dokuei.gateway.quarantine import Entry, Quarantine
from dokuei.gateway.spool import Spool
from dokuei.gateway.spool_view import State

_PIECE = 1 << 20


def retry(spool: Spool, entry_id: int, *, actor: str, keep_free: int = 0) -> None:
    """Give it back to coding, which says again what is wrong, or let it in by the door like a new one.

    Raises:
        DokueiError: the door refuses it again; the entry stays open, with one more to its count.
        NotFoundError: no such open entry, or its bytes are gone.
    """
    quarantine = Quarantine(spool.database, spool.folder)
    entry = quarantine.entry(entry_id)
    known = spool.find(entry.suspect.sop_instance_uid)
    queued = known is not None and known.state is State.REFUSED and known.sha256 == entry.suspect.sha256
    if entry.resolved_at is None and not queued:
        _through_the_door(spool, entry, keep_free=keep_free)
    quarantine.resolve(entry_id, actor=actor, resolution="retried")
    if not queued:
        quarantine.path(entry.suspect.sha256).unlink(missing_ok=True)  # it lies in the queue now


def _through_the_door(spool: Spool, entry: Entry, *, keep_free: int) -> None:
    suspect = entry.suspect
    if entry.path is None:
        raise NotFoundError(
            "its bytes are gone", phase="trying again", remedy="have it sent again, and discard the entry"
        )
    origin = Origin(
        transfer_syntax_uid=suspect.transfer_syntax_uid,
        sending_ae=suspect.sending_ae,
        peer_address=suspect.peer_address,
        sop_instance_uid=suspect.sop_instance_uid,
        received_at=entry.at,
    )
    with Keeper(spool, keep_free=keep_free) as keeper:
        incoming = keeper.begin()
        try:
            with entry.path.open("rb") as file:
                while piece := file.read(_PIECE):
                    incoming.write(piece)
            incoming.finish()
            incoming.find_dataset()
            keeper.keep(incoming, origin)
        finally:
            incoming.discard()
