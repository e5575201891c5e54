"""The heartbeat: every few seconds, and at once when something changed, the hub hears how this gateway is."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

import dokuei
from dokuei import timekeeping
from dokuei.clock import monotonic, now
from dokuei.errors import DokueiError, UnreachableError
from dokuei.gateway import contract, forward_tables, order_tables, pseudonym_tables, pseudonyms, sending_tables
from dokuei.gateway.enrol import hub_client, identity_of, renew_if_due
from dokuei.gateway.estimate import sending_now
from dokuei.gateway.link import Link
from dokuei.gateway.order_tables import RefusalRow
from dokuei.gateway.quarantine import Entry, Quarantine
from dokuei.gateway.spool import Spool
from dokuei.gateway.status import study_reports
from dokuei.gateway.tell_trail import TrailTeller
from dokuei.settings import GatewaySettings, Settings
from dokuei.storage.anchor import DAY, KEPT
from dokuei.storage.audit import Detail, gateway_trail
from dokuei.storage.lately import Lately
from dokuei.timekeeping import ClockState
from dokuei.transfer.client import HubClient
from dokuei.transfer.protocol import (
    HEARTBEAT_SECONDS,
    PROTOCOL,
    RULES_AT_MOST,
    SILENCE_SECONDS,
    Heartbeat,
    HeartbeatAnswer,
    IdentityMode,
    OrderRefusal,
    Refusal,
    Removals,
    SendingReport,
    StudyReport,
    ToldPriorRule,
    ToldPriorRules,
    TrailEnd,
)

_AT_LEAST_SECONDS = 1.0
_LOOK_OUT_SECONDS = 0.5
_CLOCK_SLACK = timedelta(seconds=1)
_CLOCK_SECONDS = 60.0
_MILLISECOND = timedelta(milliseconds=1)
_STUDIES = 40
_REFUSALS = 20
_URGENT = 1
_log = structlog.get_logger()


@dataclass
class Heart:
    """Beats on a line of its own, so that it also finds out first when an outage is over.

    ``close_again`` is told of studies (as received) of which the hub has removed something.
    """

    settings: Settings
    spool: Spool
    link: Link
    close_again: Callable[[Sequence[str]], None] = lambda _studies: None
    kept_ends: Lately = field(default_factory=lambda: Lately(DAY), repr=False)
    clock_ahead: timedelta | None = None
    _known_clock: ClockState | None = None
    _clock_read_at: float = 0.0

    def __post_init__(self) -> None:
        self.trail = TrailTeller(self.spool.database)

    def beat(self) -> None:
        """Tell until the stop."""
        client, cuts = self._client(), self.link.cuts
        try:
            while not self.link.stop.is_set():
                self.link.news.clear()
                if cuts != self.link.cuts:
                    cuts = self.link.cuts
                    client.close()
                try:
                    client.dial()  # what is told is made of the whole queue: not twice a second while the hub is away
                    self._tell(client)
                    self._tell_trail(client)
                    renew_if_due(self.settings, client)
                except DokueiError as error:
                    client.close()
                    client = self._client()
                    self._note(str(error))
                    if isinstance(error, UnreachableError):
                        self.link.stop.wait(_LOOK_OUT_SECONDS)
                        continue
                self.link.stop.wait(_AT_LEAST_SECONDS)
                self.link.news.wait(HEARTBEAT_SECONDS - _AT_LEAST_SECONDS)
        finally:
            client.close()

    def _client(self) -> HubClient:
        """Ours is the first to be given up where the line falls silent: others wait for the word that it is back."""
        client = hub_client(self.settings)
        client.silence_seconds = SILENCE_SECONDS
        return client

    def _tell(self, client: HubClient) -> None:
        identity = identity_of(self.settings.home)
        mode = pseudonyms.identity_mode(self.settings) or identity.demand().identity_mode
        quarantine = Quarantine(self.spool.database, self.spool.folder)
        unread, orders = self._unread_orders()
        asked = now()
        answer = client.heartbeat(
            Heartbeat(
                version=dokuei.__version__,
                protocol=PROTOCOL,
                identity_mode=mode,
                studies=self._studies(mode),
                quarantine=quarantine.open_entries(),
                refusals=[_refusal(entry) for entry in quarantine.entries(at_most=_REFUSALS)],
                unread_orders=unread,
                order_refusals=orders,
                free_bytes=shutil.disk_usage(self.settings.home).free,
                trail_end=self._own_end(),
                sending=self._sending(),
                certificate_not_after=identity.certificate().not_valid_after_utc.isoformat(),
                clock_ahead_ms=None if self.clock_ahead is None else round(self.clock_ahead / _MILLISECOND),
                clock_state=self._clock_state(),
                prior_rules=_prior_rules(self.settings.gateway),
                removals_heard=self._removals_heard(),
            )
        )
        self._hold_clock(answer.clock, asked=asked, heard=now())
        self.link.succeeded()
        pseudonyms.heed(self.settings.home, answer.identity_mode)
        contract.heed(self.settings.home, answer.contract)
        self._note("")
        self._heed(answer)
        self._heed_removals(answer.removals)
        self._keep_end(answer.trail_end)

    def _tell_trail(self, client: HubClient) -> None:
        """What the hub does not take of the trail, one that is a version behind for one, holds nothing else up."""
        mode = pseudonyms.identity_mode(self.settings) or identity_of(self.settings.home).demand().identity_mode
        try:
            self.trail.turn(client, mode)
        except UnreachableError:
            raise
        except DokueiError as error:
            self.trail.heard = None
            _log.info("trail.not_told", why=error.code)

    def _unread_orders(self) -> tuple[int, list[OrderRefusal]]:
        """What the hospital's systems said and nobody understood, without a word of what it said."""
        with self.spool.database.read() as connection:
            number = order_tables.counts(connection).quarantined
            rows = order_tables.refusals(connection, open_only=True, at_most=_REFUSALS)
        return number, [_order_refusal(row) for row in rows]

    def _studies(self, mode: IdentityMode) -> list[StudyReport]:
        """How far studies are, by the UIDs under which the hub knows them; what it cannot know yet is not named."""
        reports = study_reports(self.spool, self.settings.gateway.sending, at_most=_STUDIES)
        if mode == "true":
            return reports
        with self.spool.database.read() as connection:
            known = pseudonym_tables.hub_uids(connection, [one.study_instance_uid for one in reports])
        return [
            one.model_copy(
                update={
                    "study_instance_uid": known[one.study_instance_uid],
                    "error": one.error and "see the gateway: what is wrong may name the patient",
                }
            )
            for one in reports
            if known.get(one.study_instance_uid, one.study_instance_uid) != one.study_instance_uid
        ]

    def _heed(self, answer: HeartbeatAnswer) -> None:
        """Studies that the reading centre waits for overtake the rest."""
        with self.spool.database.read() as connection:
            urgent = forward_tables.received_as(connection, answer.urgent)
        for study_instance_uid in urgent:
            state = self.spool.study_state(study_instance_uid)
            if state is not None and state.priority < _URGENT:
                self.spool.set_priority(study_instance_uid, _URGENT)

    def _clock_state(self) -> ClockState:
        """What this machine says of its clock; asked once a minute."""
        if self._known_clock is None or monotonic() - self._clock_read_at > _CLOCK_SECONDS:
            self._known_clock, self._clock_read_at = timekeeping.read().state, monotonic()
        return self._known_clock

    def _sending(self) -> SendingReport:
        with self.spool.database.read() as connection:
            latest = sending_tables.latest(connection)
        return sending_now(latest, self.settings.gateway.sending, at=now())

    def _removals_heard(self) -> int:
        with self.spool.database.read() as connection:
            return forward_tables.contact(connection).removals_heard

    def _heed_removals(self, removals: Removals | None) -> None:
        """What the hub has removed is not at the hub: each study is held against it once more, object by object."""
        if removals is None:
            return
        with self.spool.database.begin() as connection:
            received = forward_tables.received_as(connection, removals.studies)
            forward_tables.reopen_studies(connection, received)
            forward_tables.note_removals_heard(connection, removals.until)
        self.close_again(received)

    def _own_end(self) -> TrailEnd:
        with self.spool.database.read() as connection:
            head = gateway_trail.head(connection)
        return TrailEnd(sequence=head.sequence, hash=head.hash)

    def _keep_end(self, end: TrailEnd | None) -> None:
        """Write the end of the hub's trail into ours, once a day; a hub one version behind tells none."""
        if end is None or self.kept_ends.holds("hub"):
            return
        with self.spool.database.begin() as connection:
            gateway_trail.append(connection, actor="hub", event=KEPT, details=end.model_dump())
        self.kept_ends.keep("hub")

    def _hold_clock(self, hubs: str, *, asked: datetime, heard: datetime) -> None:
        """Hold our clock against the hub's (LOG-04); a slow answer says too little, and an old hub nothing."""
        if not hubs or heard - asked > _CLOCK_SLACK:
            return
        ahead = asked + (heard - asked) / 2 - datetime.fromisoformat(hubs)
        was_off = self.clock_ahead is not None and abs(self.clock_ahead) > _CLOCK_SLACK
        is_off, self.clock_ahead = abs(ahead) > _CLOCK_SLACK, ahead
        if is_off != was_off:
            told: dict[str, Detail] = {"offset_seconds": f"{ahead.total_seconds():+.3f}", "server": "hub"}
            with self.spool.database.begin() as connection:
                event = "clock.drifted" if is_off else "clock.right"
                gateway_trail.append(connection, actor="system", event=event, details=told)

    def _note(self, error: str) -> None:
        with self.spool.database.begin() as connection:
            forward_tables.note_contact(connection, at=now(), error=error)


def _prior_rules(gateway: GatewaySettings) -> ToldPriorRules:
    priors = gateway.priors
    return ToldPriorRules(
        brought=priors.retrieve != "off" and (priors.pacs or gateway.pacs) is not None,
        least_days=priors.least_days,
        rules=[
            ToldPriorRule(
                current=list(one.current[:RULES_AT_MOST]),
                priors=list(one.priors[:RULES_AT_MOST]),
                body_part=one.body_part,
                years=one.years,
                most=one.most,
            )
            for one in priors.rules[:RULES_AT_MOST]
        ],
    )


def _refusal(entry: Entry) -> Refusal:
    """What the hub's administrators need to call the hospital; which object it is stays in the hospital."""
    return Refusal(
        at=entry.at.isoformat(),
        code=entry.code,
        reason=entry.reason,
        remedy=entry.remedy,
        times=entry.times,
        sending_ae=entry.suspect.sending_ae,
    )


def _order_refusal(row: RefusalRow) -> OrderRefusal:
    """Which kind of message, and where it went wrong; the reason may quote it and stays here."""
    return OrderRefusal(
        at=row.at.isoformat(),
        message_type=row.message_type,
        location=row.location,
        condition=row.condition,
        times=row.times,
        sending_application=row.sending_application,
    )
