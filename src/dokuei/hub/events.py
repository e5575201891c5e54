"""Which event calls which slice: plain calls after the transaction that told of them, until they succeed."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Event as StopEvent
from threading import Thread

from dokuei.errors import NotFoundError
from dokuei.hub.app import Hub
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.hub.audits.watching import Watching
from dokuei.hub.clocks import ClockWatch
from dokuei.hub.identity.accounts import Accounts
from dokuei.hub.messages.nudging import MESSAGE_WRITTEN, Nudging
from dokuei.hub.neighbours import asked, asked_study, study_facts
from dokuei.hub.outcomes import model as outcomes_model
from dokuei.hub.outcomes.service import OutcomesService
from dokuei.hub.reports.drafting import REPORT_CHANGED
from dokuei.hub.requests.linking import REQUEST_CHANGED, REQUEST_JOINED
from dokuei.hub.requests.service import RequestsService
from dokuei.hub.terms import Daily, Terms
from dokuei.hub.worklist.lanes import CASE_MOVED
from dokuei.hub.worklist.model import ReadingRole
from dokuei.hub.worklist.service import Signed, WorklistService
from dokuei.storage.anchor import DailyAnchor
from dokuei.storage.audit import hub_trail
from dokuei.storage.outbox import Event, carry_out, forget_done

_PAUSE_SECONDS = 0.25
_AT_MOST = 100
_ENDS_THE_READING = frozenset({"final", "amended"})
_OUT_TO_THE_HOSPITAL = frozenset({ReadingRole.SOLE.value, ReadingRole.ARBITER.value})


@dataclass(frozen=True)
class Events:
    """Every handler bears being called twice: an event may be carried out again after a crash."""

    archive: ArchiveService
    worklist: WorklistService
    requests: RequestsService
    outcomes: OutcomesService
    nudging: Nudging | None = None
    is_pulse: Callable[[str, str], bool] = lambda _site_id, _study: False

    def handle(self, event: Event) -> None:
        """Carry out one event; an unknown one is nobody's business and done with."""
        if event.name == STUDY_CHANGED:
            self._study_changed(event)
        elif event.name == REPORT_CHANGED:
            self._report_changed(event)
        elif event.name == REQUEST_CHANGED:
            self._tell_case(event.payload["site_id"], event.payload["study_instance_uid"])
        elif event.name == REQUEST_JOINED:
            self.requests.following.request_joined(event.payload["site_id"], event.payload["request_id"])
        elif event.name == CASE_MOVED:
            self.requests.following.case_moved(event.payload["site_id"], event.payload["study_instance_uid"])
        elif event.name == MESSAGE_WRITTEN and self.nudging is not None:
            self.nudging.want(event.payload)

    @staticmethod
    def about(event: Event) -> Hashable:
        """Studies and requests are looked at as they are then: all changes until then are one; reports stand alone."""
        told = event.payload
        if event.name in {STUDY_CHANGED, REQUEST_CHANGED, CASE_MOVED}:
            return (event.name, told["site_id"], told["study_instance_uid"])
        if event.name == REQUEST_JOINED:
            return (event.name, told["site_id"], told["request_id"])
        return event.id

    def _study_changed(self, event: Event) -> None:
        site_id, study_instance_uid = event.payload["site_id"], event.payload["study_instance_uid"]
        if self.is_pulse(site_id, study_instance_uid):
            return  # the test patient is nobody's case
        try:
            summary = self.archive.study_summary(site_id, study_instance_uid)
        except NotFoundError:
            self.worklist.study_gone(site_id, study_instance_uid)
            self.requests.study_gone(site_id, study_instance_uid)
            self.archive.finish_deletions()
            return
        prior = self.worklist.is_prior(site_id, study_instance_uid)
        self.requests.study_changed(
            asked_study(summary, prior=prior)
        )  # first: no case may be taken before that is known
        if summary.papers_only:
            self.worklist.study_gone(site_id, study_instance_uid, untouched_only=True)  # papers are nobody's case
        else:
            self.worklist.study_changed(study_facts(summary))
        self._tell_case(site_id, study_instance_uid)
        self.archive.keep_receipts(site_id, study_instance_uid)

    def _tell_case(self, site_id: str, study_instance_uid: str) -> None:
        case = self.requests.case_of(site_id, study_instance_uid)
        self.worklist.request_changed(site_id, study_instance_uid, asked(case))

    def _report_changed(self, event: Event) -> None:
        told = event.payload
        signed = None
        if told["status"] == "entered":
            self.worklist.approval_awaited(told["worklist_item_id"], ReadingRole(told["role"]))
            return
        if told["signed_at"] is not None:
            at = datetime.fromisoformat(told["signed_at"])
            signed = Signed(told["signed_by"], at, told.get("instances", 0))
        self.worklist.report_changed(
            told["worklist_item_id"],
            ReadingRole(told["role"]),
            status=told["status"],
            signed=signed if told["status"] in _ENDS_THE_READING else None,
            number=0 if signed is None else told.get("version", 1),
        )
        if signed is None or "site_id" not in told:
            return
        self.requests.following.case_moved(told["site_id"], told["study_instance_uid"])
        if told["role"] in _OUT_TO_THE_HOSPITAL:
            self.outcomes.report_signed(
                outcomes_model.Signed(
                    worklist_item_id=told["worklist_item_id"],
                    site_id=told["site_id"],
                    study_instance_uid=told["study_instance_uid"],
                    number=told["version"],
                    signed_at=signed.at,
                )
            )


def work(hub: Hub, *, stop: StopEvent) -> None:
    """Carry out what follows transactions, and once a day what terms demand, until told to stop.

    What fails is tried again after a pause, and what comes in a burst is carried out together.
    """
    events = Events(
        hub.archive, hub.worklist, hub.requests, hub.outcomes, hub.messages.nudging, hub.gateways.pulses.is_pulse
    )
    if hub.messages.nudging.on:
        Thread(target=hub.messages.nudging.work, kwargs={"stop": stop}, name="nudges", daemon=True).start()
        Thread(target=hub.reminding.work, kwargs={"stop": stop}, name="reminders", daemon=True).start()
    Thread(target=hub.escalations.work, kwargs={"stop": stop}, name="escalations", daemon=True).start()
    Thread(target=hub.communicating.work, kwargs={"stop": stop}, name="communications", daemon=True).start()
    daily = Daily(Terms(hub.archive, hub.sites), lambda: hub.gateways.intake.tidy() + forget_done(hub.stores.database))
    accounts = Accounts(hub.identity)
    anchor = DailyAnchor(hub.settings.audit.anchor, "hub", hub_trail, hub.stores.database)
    clock = ClockWatch(hub.stores.database, hub.settings.hub.time_server)
    watching = Watching(hub.audits, stop).start()
    restamping = hub.reports.restamping.start(stop)
    while not stop.is_set():
        daily.step(stop=stop)
        anchor.step()
        accounts.step()
        hub.requests.following.step()
        clock.step()
        if carry_out(hub.stores.database, events.handle, about=events.about, at_most=_AT_MOST) < _AT_MOST:
            stop.wait(_PAUSE_SECONDS)
    watching.join()
    restamping.join()
