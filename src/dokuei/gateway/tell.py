"""The hub is told of orders: the oldest first, again and again until it has answered for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import ConfigurationError, DokueiError, RequestError, UnreachableError
from dokuei.gateway import order_tables
from dokuei.gateway.link import Link, pause
from dokuei.gateway.order_pseudonyms import OrderPseudonyms, Told
from dokuei.gateway.order_tables import NoticeRow
from dokuei.gateway.pseudonyms import identity_mode
from dokuei.gateway.steps.tell import tell_steps
from dokuei.settings import Settings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.client import HubClient
from dokuei.transfer.orders import ORDERS_PATH, OrderAnswer, OrderAnswers, OrderNotice, OrderNotices
from dokuei.transfer.protocol import IdentityMode

_log = structlog.get_logger()
_LOOK_SECONDS = 1.0
_PHASE = "telling the hub of orders"


@dataclass
class Teller:
    """The thread that forwards orders; ``pseudonyms`` is asked for where the site wants them."""

    settings: Settings
    database: Database
    link: Link
    make_client: Callable[[], HubClient]
    pseudonyms: Callable[[], Pseudonyms]

    def run(self) -> None:
        """Tell until the stop; waits grow while the hub cannot be reached, and end when anybody gets through."""
        client, failures = self.make_client(), 0
        try:
            while not self.link.stop.is_set():
                try:
                    told = self.turn(client) + self.turn_of_steps(client)
                    failures = 0
                except DokueiError as error:
                    client.close()
                    client, failures = self.make_client(), failures + 1
                    _log.info("order.hub_not_reached", why=error.code)
                    self.link.wait_after(error, failures + 1)
                    continue
                if not told:
                    self.link.stop.wait(_LOOK_SECONDS)
        finally:
            client.close()

    def turn(self, client: HubClient) -> int:
        """Tell what waits; gives how many the hub answered for.

        Raises:
            UnreachableError: the hub could not be reached; everything waits.
            ConfigurationError: the gateway is not enrolled, or the key of its pseudonyms is gone.
        """
        with self.database.read() as connection:
            waiting = order_tables.to_tell(connection)
        if not waiting:
            return 0
        mode, told = self._as_told(waiting)
        try:
            answers = self._ask(client, [one.notice for one in told])
        except UnreachableError:
            raise
        except DokueiError as error:
            return self._one_by_one(client, waiting, told, mode, error)
        return sum(self._heed(row, one, answers, mode) for row, one in zip(waiting, told, strict=True))

    def turn_of_steps(self, client: HubClient) -> int:
        """The same for what modalities have done; nothing before it is known how the hub may name a study."""
        mode = identity_mode(self.settings)
        if mode is None:
            return 0
        name = self.pseudonyms().uid if mode == "pseudonym" else str
        return tell_steps(self.database, client, name=name, ceiling=self.settings.gateway.retry_ceiling_seconds)

    def _as_told(self, rows: Sequence[NoticeRow]) -> tuple[IdentityMode, list[Told]]:
        mode = identity_mode(self.settings)
        notices = [OrderNotice.model_validate_json(row.document) for row in rows]
        if mode is None:
            raise ConfigurationError("the gateway is not enrolled", phase=_PHASE)
        if mode == "true":
            return mode, [Told(notice) for notice in notices]
        gateway = self.settings.gateway
        renamed = OrderPseudonyms(self.pseudonyms(), gateway.pseudonyms, gateway.hl7.issuer_in_images)
        return mode, [renamed.told(notice) for notice in notices]

    @staticmethod
    def _ask(client: HubClient, notices: Sequence[OrderNotice]) -> dict[str, OrderAnswer]:
        answer = client.call("POST", ORDERS_PATH, OrderNotices(notices=list(notices)).write())
        return {one.message_key: one for one in OrderAnswers.read(answer).answers}

    def _one_by_one(
        self,
        client: HubClient,
        rows: Sequence[NoticeRow],
        told: Sequence[Told],
        mode: IdentityMode,
        error: DokueiError,
    ) -> int:
        """The hub took none of several: one that it cannot read holds none of the others back."""
        if len(rows) == 1:
            self._put_off(rows[0], error)
            return 0
        done = 0
        for row, one in zip(rows, told, strict=True):
            try:
                answers = self._ask(client, [one.notice])
            except UnreachableError:
                raise
            except DokueiError as refusal:
                self._put_off(row, refusal)
            else:
                done += self._heed(row, one, answers, mode)
        return done

    def _heed(self, row: NoticeRow, told: Told, answers: dict[str, OrderAnswer], mode: IdentityMode) -> bool:
        """What the hub made of one; no word of it means that it is told again."""
        answer = answers.get(told.notice.message_key)
        if answer is None:
            self._put_off(row, RequestError("the hub did not answer for it", phase=_PHASE))
            return False
        with self.database.begin() as connection:
            order_tables.answered(
                connection,
                row.message_key,
                state=answer.outcome,
                reason=answer.reason,
                told_as=mode,
                withheld=" ".join(told.withheld),
                document=_without_files(row.document),
            )
            if not row.pulse:
                gateway_trail.append(
                    connection,
                    actor="system",
                    event=f"order.{answer.outcome}",
                    details={"key": row.message_key, "as": mode, "withheld": list(told.withheld)},
                )
        _log.info("order.told", outcome=answer.outcome, action=row.action)
        return True

    def _put_off(self, row: NoticeRow, error: DokueiError) -> None:
        wait = pause(row.attempts + 2, ceiling=self.settings.gateway.retry_ceiling_seconds)
        with self.database.begin() as connection:
            order_tables.postpone(
                connection,
                [row.id],
                attempts=row.attempts + 1,
                until=now() + timedelta(seconds=wait),
                reason=str(error),
            )
        _log.warning("order.not_told", why=error.code, attempts=row.attempts + 1)


def _without_files(document: str) -> str:
    """What the hub has taken need not lie here twice: attachments are as large as images."""
    notice = OrderNotice.model_validate_json(document)
    if notice.order is None or not notice.order.attachments:
        return document
    order = notice.order.model_copy(update={"attachments": []})
    return notice.model_copy(update={"order": order}).model_dump_json()
