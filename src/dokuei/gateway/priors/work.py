"""The two threads of priors: one that asks the PACS and tells the hub, one that fetches a study after the other.

Priors never delay what is to be read now: they are the last in the queue and on the line, and are fetched one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from dokuei.clock import monotonic, now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import AdmissionError, DokueiError, PeerRefusedError, UnreachableError
from dokuei.gateway import forward_tables
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.keep import Keeper
from dokuei.gateway.link import Link, pause
from dokuei.gateway.priors import tables
from dokuei.gateway.priors.query import find
from dokuei.gateway.priors.retrieve import get, move
from dokuei.gateway.priors.rules import Person, is_of, relevant
from dokuei.gateway.priors.tables import Prior, Search
from dokuei.gateway.priors.tell import Names, as_told
from dokuei.gateway.priors.watch import Watch
from dokuei.gateway.pseudonyms import identity_mode
from dokuei.gateway.spool import Received, Spool, State
from dokuei.settings import Destination, Settings
from dokuei.storage.audit import gateway_trail
from dokuei.transfer.client import HubClient
from dokuei.transfer.priors import PRIORS_PATH, HeardPriors, ToldPriors

LAST: Final = -1  # the priority of what nobody waits for
_LOOK_SECONDS: Final = 1.0
_WANTED_SECONDS: Final = 15.0
_OLD_HUB_SECONDS: Final = 60.0
_PATIENT: Final = 7
_log = structlog.get_logger()


@dataclass
class Priors:
    """``spool`` is the gateway's queue, whose database also keeps the ledger."""

    settings: Settings
    spool: Spool
    link: Link
    make_client: Callable[[], HubClient]
    pseudonyms: Callable[[], Pseudonyms]
    _wanted_at: float = float("-inf")

    @property
    def pacs(self) -> Destination | None:
        """Who is asked; None where nobody is to be."""
        gateway = self.settings.gateway
        return None if gateway.priors.retrieve == "off" else gateway.priors.pacs or gateway.pacs

    # --- the thread that asks and tells ---------------------------------------------------------------------------

    def run(self) -> None:
        """Until the stop."""
        client, failures = self.make_client(), 0
        try:
            while not self.link.stop.is_set():
                try:
                    self.turn(client)
                    failures = 0
                except DokueiError as error:
                    client.close()
                    client, failures = self.make_client(), failures + 1
                    self.link.wait_after(error, failures + 1)
                self.link.stop.wait(_LOOK_SECONDS)
        finally:
            client.close()

    def turn(self, client: HubClient) -> None:
        """Look who came up, ask the PACS for them, see what has arrived, tell the hub.

        Raises:
            UnreachableError: the hub could not be reached.
            ConfigurationError: the gateway is not enrolled, or the key of its pseudonyms is gone.
        """
        watch = self._watch()
        watch.turn()
        self.ask()
        self.settle()
        self.tell(client, watch)

    def ask(self) -> None:
        """Everybody who is due."""
        pacs = self.pacs
        if pacs is None:
            return
        with self.spool.database.read() as connection:
            due = tables.to_ask(connection, since=self._since())
        for one in due:
            if self.link.stop.is_set():
                return
            self._ask_for(pacs, one)

    def settle(self) -> None:
        """What is here whole has arrived once the hub has closed it; what was refused on its way is said to be."""
        with self.spool.database.read() as connection:
            waiting = tables.on_its_way(connection)
            at_hub = forward_tables.studies_at_hub(connection, [one.study_instance_uid for one in waiting])
        for one in waiting:
            known = at_hub.get(one.study_instance_uid)
            states = self._states(one)
            if states.get(State.REFUSED):
                refused, number = states[State.REFUSED], sum(states.values())
                said = f"{number}画像のうち{refused}画像がゲートウェイで隔離されています"
                self._note(one, "refused", f"{said} / {refused} of {number} objects are in quarantine at the gateway")
            elif known is not None and known.at_hub_at is not None:
                self._note(one, "arrived", "")

    def tell(self, client: HubClient, watch: Watch) -> None:
        """The ledgers that have changed, and now and then the question for whom else somebody waits.

        Raises:
            UnreachableError: the hub could not be reached.
        """
        mode = identity_mode(self.settings)
        if mode is None:
            return
        with self.spool.database.read() as connection:
            due = tables.to_tell(connection)
            priors = tables.priors_of(connection, [one.id for one in due])
        if not due and monotonic() - self._wanted_at < _WANTED_SECONDS:
            return
        names = Names(self.pseudonyms() if mode == "pseudonym" else None, self.settings.gateway.pseudonyms)
        message = ToldPriors(searches=[as_told(one, priors[one.id], names) for one in due])
        self._wanted_at = monotonic()
        try:
            heard = HeardPriors.read(client.call("POST", PRIORS_PATH, message.write()))
        except UnreachableError:
            raise
        except DokueiError as error:  # a hub one version behind knows no such path
            _log.info("priors.not_told", why=error.code)
            self._wanted_at += _OLD_HUB_SECONDS
            self._put_off(due)
            return
        self._heard(due, priors, names, frozenset(heard.held))
        watch.want_asked(heard.wanted, pseudonyms=mode == "pseudonym")

    # --- the thread that fetches ----------------------------------------------------------------------------------

    def fetch(self) -> None:
        """One study after the other until the stop."""
        with Keeper(self.spool, keep_free=self.settings.gateway.keep_free_mb << 20) as keeper:
            while not self.link.stop.is_set():
                if not self.fetch_one(keeper):
                    self.link.stop.wait(_LOOK_SECONDS)

    def fetch_one(self, keeper: Keeper) -> bool:
        """The next study that is due, where there is one."""
        pacs = self.pacs
        with self.spool.database.read() as connection:
            prior = tables.to_fetch(connection, since=self._since())
        if pacs is None or prior is None:
            return False
        if self._is_here(prior, prior.instances):
            self._note(prior, "requested", "", here=True)
            return True
        self.spool.set_priority(prior.study_instance_uid, LAST)
        if prior.state != "requested":
            self._note(prior, "requested", prior.reason)
            prior = replace(prior, state="requested")
        try:
            how = self._retrieve(pacs, prior, keeper)
        except DokueiError as error:
            _log.warning("prior.not_fetched", why=error.code, attempts=prior.attempts + 1)
            gone = isinstance(error, UnreachableError)
            self._again(prior, "requested" if gone else "refused", _said(error))
            return True
        self._fetched(prior, how)
        return True

    def _retrieve(self, pacs: Destination, prior: Prior, keeper: Keeper) -> int:
        """How many objects the PACS says it sent.

        Raises:
            UnreachableError: it went away in the middle.
            PeerRefusedError: it would not, or could not send everything.
        """
        by_get = self.settings.gateway.priors.retrieve == "get"
        uid = prior.study_instance_uid
        how = get(self.settings, pacs, uid, keeper) if by_get else move(self.settings, pacs, uid)
        if not how.whole:
            number = how.failed + how.completed
            raise PeerRefusedError(
                f"PACSは{number}画像のうち{how.failed}画像を送信できませんでした"
                f" / the PACS could not send {how.failed} of {number} objects"
            )
        return how.completed

    def _fetched(self, prior: Prior, sent: int) -> None:
        expected = max(prior.instances, sent)
        if expected and self._is_here(prior, expected):
            self._note(prior, "requested", "", here=True)
            return
        came = sum(self._states(prior).values())
        said = f"PACSは{sent}画像を送信したと回答、到着は{expected}画像のうち{came}画像"
        self._again(prior, "refused", f"{said} / the PACS says that it sent {sent}, and {came} of {expected} came")

    # --- what both need -------------------------------------------------------------------------------------------

    def _watch(self) -> Watch:
        gateway_id = identity_of(self.settings.home).demand().gateway_id
        return Watch(self.spool, gateway_id, self.settings.gateway.hl7.issuer_in_images)

    def _since(self) -> datetime:
        return now() - timedelta(hours=self.settings.gateway.priors.give_up_hours)

    def _ask_for(self, pacs: Destination, one: Search) -> None:
        rules = self.settings.gateway.priors
        try:
            answers = find(self.settings, pacs, one.person)
        except DokueiError as error:
            _log.warning("priors.not_answered", why=error.code, attempts=one.attempts + 1)
            with self.spool.database.begin() as connection:
                tables.not_answered(connection, one, reason=_said(error), until=self._later(one.attempts))
            return
        wanted = relevant(rules, one.current, answers.found, today=now().astimezone().strftime("%Y%m%d"))
        with self.spool.database.begin() as connection:
            tables.answered(connection, one, wanted, others=answers.others)
            gateway_trail.append(
                connection,
                actor="system",
                event="priors.found",
                subject=one.current.study_instance_uid or None,
                details={"relevant": len(wanted), "others": answers.others, "pacs": pacs.ae_title},
            )
        _log.info("priors.found", studies=len(answers.found), relevant=len(wanted), others=answers.others)

    def _heard(
        self, due: tuple[Search, ...], priors: dict[int, list[Prior]], names: Names, held: frozenset[str]
    ) -> None:
        with self.spool.database.begin() as connection:
            for one in due:
                uids = [prior.study_instance_uid for prior in priors[one.id]]
                tables.told(connection, one, uids, held=[uid for uid in uids if names.uid(uid) in held])

    def _put_off(self, due: tuple[Search, ...]) -> None:
        with self.spool.database.begin() as connection:
            for one in due:
                tables.not_told(connection, one, until=self._later(one.tell_attempts))

    def _later(self, attempts: int) -> datetime:
        """After about ten seconds, then twice as long each time: a PACS that is down is down for a while."""
        ceiling = self.settings.gateway.priors.retry_ceiling_seconds
        return now() + timedelta(seconds=pause(attempts + _PATIENT, ceiling=ceiling))

    def _states(self, prior: Prior) -> dict[State, int]:
        with self.spool.database.read() as connection:
            return tables.states_of(connection, prior.study_instance_uid)

    def _is_here(self, prior: Prior, expected: int) -> bool:
        return bool(expected) and sum(self._states(prior).values()) >= expected

    def _again(self, prior: Prior, state: str, reason: str) -> None:
        self._note(prior, state, reason, attempts=prior.attempts + 1, not_before=self._later(prior.attempts))

    def _note(self, prior: Prior, state: str, reason: str, **more: object) -> None:
        with self.spool.database.begin() as connection:
            tables.note(connection, prior, state=state, reason=reason[:500], **more)
            if state != prior.state:
                gateway_trail.append(
                    connection,
                    actor="system",
                    event=f"prior.{state}",
                    subject=prior.study_instance_uid,
                    details={"reason": reason[:300]} if reason else {},
                )


def _said(error: DokueiError) -> str:
    """Why, in both languages: what the association itself says is told in English where it fails."""
    return error.what if " / " in error.what else f"PACSに接続できません / {error.what}"


def demand_own_patient(spool: Spool) -> Callable[[Received], None]:
    """What a PACS sends as somebody's prior goes no further where it names another patient."""

    def demand(item: Received) -> None:
        with spool.database.read() as connection:
            asked = tables.asked_for(connection, item.study_instance_uid)
            said = Person(tables.patient_of(connection, item.sop_instance_uid)) if asked else None
        if said is not None and not any(is_of(Person(one), said, zero_padded_ids=True) for one in asked):
            raise AdmissionError(
                "images of an earlier study that name another patient than the PACS was asked for",
                phase="admission",
                remedy="look at the study in the PACS; discard it here",
            )

    return demand
