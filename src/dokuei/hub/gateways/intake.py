"""What gateways bring: offers taken, objects judged, studies closed against their signed manifest."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.clock import monotonic, now
from dokuei.dicom.coded import CodedInstance
from dokuei.errors import ConfigurationError, DokueiError, NotSignedInError, ProofError
from dokuei.hub.gateways import store, store_pulses
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.gateways.uploads import Partials
from dokuei.hub.one_at_a_time import OneAtATime
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database
from dokuei.transfer.manifest import ManifestInstance, StudyManifest, verify_manifest
from dokuei.transfer.protocol import IdentityMode, ManifestAnswer, Need, Needs, Offer, Problem, Removals, UploadEvent

_GIVE_UP_AFTER = timedelta(days=14)
_RECENT = 2000
_HOLDINGS_SECONDS = 5.0
_STUDIES_AT_HAND = 16


class Archive(Protocol):
    """What this slice asks of the archive; ``hub/app.py`` brings the two together."""

    def held(self, site_id: str, study_instance_uid: str) -> dict[str, str]:
        """SOP Instance UID → content digest of what is stored and proved."""

    def store(
        self, site_id: str, files: Sequence[tuple[Path, CodedInstance]], *, actor: str
    ) -> tuple[DokueiError | None, ...]:
        """Decode, prove and keep; None for each object that is in, or why it is not.

        Raises:
            StorageError: nothing could be kept; the files stay.
        """

    def announce(self, site_id: str, study_instance_uid: str, *, gateway_id: str, instances: int) -> None:
        """Remember how many objects of a study a gateway holds by now."""

    def withdraw(self, site_id: str, *, gateway_id: str, study_instance_uid: str | None = None) -> None:
        """Wait no longer for what a gateway has announced, of one study or at all."""

    def removed(self, site_id: str, study_instance_uid: str, instances: Sequence[ManifestInstance]) -> set[str]:
        """UIDs of those that were stored and proved, and then removed on purpose."""

    def removals(self, site_id: str, *, after: int) -> Removals:
        """The next studies that were removed on purpose since an earlier answer."""

    def declare(self, site_id: str, manifest: StudyManifest, *, document: bytes, signature: bytes, actor: str) -> None:
        """Keep a verified manifest beside the study."""


class RecentOffers:
    """What is most likely to arrive next, kept at hand: an upload of small objects asks for thousands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offers: OrderedDict[tuple[str, str], CodedInstance] = OrderedDict()

    def keep(self, site_id: str, coded: Sequence[CodedInstance]) -> None:
        """Remember an offer; the oldest are forgotten (the database has them)."""
        with self._lock:
            self._offers.update({(site_id, one.sha256): one for one in coded})
            while len(self._offers) > _RECENT:
                self._offers.popitem(last=False)

    def forget(self, site_id: str, digests: Collection[str]) -> None:
        """These are given up."""
        with self._lock:
            for sha256 in digests:
                self._offers.pop((site_id, sha256), None)

    def find(self, site_id: str, sha256: str) -> CodedInstance | None:
        """One of them."""
        with self._lock:
            return self._offers.get((site_id, sha256))


class Holdings:
    """What the archive has of studies that are just arriving, asked for every few seconds and not for each offer.

    What is proved in between is noted at once, so that a gateway that comes back after a cut sends none of it again.
    What was removed meanwhile may still be named: a study is closed by a fresh answer, and one that is not whole is
    asked for anew.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, dict[str, str]]] = OrderedDict()

    def of(self, site_id: str, study_instance_uid: str, ask: Callable[[str, str], dict[str, str]]) -> dict[str, str]:
        """SOP Instance UID → content digest."""
        key = (site_id, study_instance_uid)
        with self._lock:  # while asking too: what is proved meanwhile is noted into the new answer
            asked_at, held = self._known.get(key, (0.0, {}))
            if monotonic() - asked_at > _HOLDINGS_SECONDS:
                asked_at, held = monotonic(), ask(site_id, study_instance_uid)
                self._known[key] = (asked_at, held)
                while len(self._known) > _STUDIES_AT_HAND:
                    self._known.popitem(last=False)
            return dict(held)

    def forget(self, site_id: str, study_instance_uid: str) -> None:
        """What is known is not so any more."""
        with self._lock:
            self._known.pop((site_id, study_instance_uid), None)

    def note(self, site_id: str, proved: Sequence[CodedInstance]) -> None:
        """Objects that are in the archive from now on."""
        with self._lock:
            for one in proved:
                if (known := self._known.get((site_id, one.study_instance_uid))) is not None:
                    known[1][one.sop_instance_uid] = one.content_digest


@dataclass(frozen=True)
class Intake:
    """Everything about objects that gateways bring."""

    database: Database
    archive: Archive
    partials: Partials
    identity_mode: Callable[[str], IdentityMode]
    judging: OneAtATime = field(default_factory=OneAtATime)
    holdings: Holdings = field(default_factory=Holdings)
    recent: RecentOffers = field(default_factory=RecentOffers)

    def take_offer(self, gateway: Gateway, offer: Offer) -> Needs:
        """Say what is lacking; what is here with the same content is not sent again (never across sites).

        Raises:
            ConfigurationError: the site wants pseudonyms, and these objects have true identities.
        """
        coded = offer.coded()
        self._demand_mode(gateway.site_id, offer.identity_mode)
        if offer.study_instances is not None:
            self.archive.announce(
                gateway.site_id,
                offer.study_instance_uid,
                gateway_id=gateway.gateway_id,
                instances=offer.study_instances,
            )
        held = self.holdings.of(gateway.site_id, offer.study_instance_uid, self.archive.held)
        lacking = [one for one in coded if held.get(one.sop_instance_uid) != one.content_digest]
        self.recent.keep(gateway.site_id, lacking)
        with self.database.begin() as connection:
            store.offer(connection, site_id=gateway.site_id, gateway_id=gateway.gateway_id, coded=lacking, at=now())
        wanted = {one.sha256 for one in lacking}
        return Needs(needs=[self._need(gateway.site_id, one, wanted) for one in coded])

    def _demand_mode(self, site_id: str, mode: IdentityMode) -> None:
        if self.identity_mode(site_id) == "pseudonym" and mode != "pseudonym":
            raise ConfigurationError(
                "this site wants pseudonyms, and true identities were offered",
                phase="taking an offer",
                remedy="the gateway takes over the site's choice with its next heartbeat; update it if it does not",
            )

    def _need(self, site_id: str, one: CodedInstance, wanted: Collection[str]) -> Need:
        if one.sha256 not in wanted:
            return Need(sha256=one.sha256, state="have")
        here = self.partials.length(site_id, one.sha256)
        return Need(sha256=one.sha256, state="send", offset=min(here, one.size))

    def offered(self, gateway: Gateway, sha256: str) -> CodedInstance | None:
        """What was offered under a digest."""
        recent = self.recent.find(gateway.site_id, sha256)
        if recent is not None:
            return recent
        with self.database.read() as connection:
            return store.offered_ones(connection, gateway.site_id, [sha256]).get(sha256)

    def judge(self, gateway: Gateway, whole: Sequence[CodedInstance]) -> list[UploadEvent]:
        """Decode, prove and keep objects whose bytes are all here; one judgement for each.

        Raises:
            StorageError: nothing could be kept now; the bytes stay and are judged at the next attempt.
        """
        # one that came over two lines, the dead one and the new one, is judged by one of them at a time
        with self.judging.hold({f"{gateway.site_id}/{one.sha256}" for one in whole}):
            return self._judge(gateway, whole)

    def _judge(self, gateway: Gateway, whole: Sequence[CodedInstance]) -> list[UploadEvent]:
        site_id = gateway.site_id
        intact = [one for one in whole if self._intact(site_id, one)]
        files = [(self.partials.to_judge(site_id, one.sha256), one) for one in intact]
        verdicts = dict(zip((one.sha256 for one in intact), self._store(gateway, files), strict=True))
        self.holdings.note(site_id, [one for one in intact if verdicts[one.sha256] is None])
        return [self._judgement(site_id, one, verdicts) for one in whole]

    def _store(self, gateway: Gateway, files: Sequence[tuple[Path, CodedInstance]]) -> tuple[DokueiError | None, ...]:
        return self.archive.store(gateway.site_id, files, actor=gateway.actor) if files else ()

    def _intact(self, site_id: str, one: CodedInstance) -> bool:
        try:
            return self.partials.is_whole(site_id, one)
        except FileNotFoundError:
            return False

    def _judgement(self, site_id: str, one: CodedInstance, verdicts: dict[str, DokueiError | None]) -> UploadEvent:
        if one.sha256 not in verdicts:
            held = self.archive.held(site_id, one.study_instance_uid).get(one.sop_instance_uid)
            if held == one.content_digest:
                return UploadEvent(event="judged", sha256=one.sha256, verdict="proved")
            error: DokueiError | None = ProofError("the bytes that arrived are not those announced", phase="upload")
        else:
            error = verdicts[one.sha256]
        self.partials.drop(site_id, one.sha256)
        if error is None:
            return UploadEvent(event="judged", sha256=one.sha256, verdict="proved")
        verdict = "again" if isinstance(error, ProofError) else "refused"
        return UploadEvent(event="judged", sha256=one.sha256, verdict=verdict, problem=Problem.of(error))

    def close_study(self, gateway: Gateway, document: bytes, signature: bytes) -> ManifestAnswer:
        """Compare a signed manifest with what is stored and proved; only "at-hub" lets the gateway let go.

        What was removed on purpose (the contract's term) is told apart from what is lacking; a manifest of nothing
        else says nothing about this archive and is not kept.

        Raises:
            SignatureError: the manifest is not this gateway's.
        """
        manifest = verify_manifest(document, signature, key_of(gateway), expected_gateway_id=gateway.gateway_id)
        study = manifest.study_instance_uid
        held = self.archive.held(gateway.site_id, study)
        lacking = [one for one in manifest.instances if held.get(one.sop_instance_uid) != one.content_digest]
        removed = self.archive.removed(gateway.site_id, study, lacking) if lacking else set()
        if manifest.instances and len(removed) == len(manifest.instances):
            self.archive.withdraw(gateway.site_id, gateway_id=gateway.gateway_id, study_instance_uid=study)
        else:
            self.archive.declare(gateway.site_id, manifest, document=document, signature=signature, actor=gateway.actor)
        if lacking:
            self.holdings.forget(gateway.site_id, study)
            uids = [one.sop_instance_uid for one in lacking]
            return ManifestAnswer(state="incomplete", lacking=uids, removed=sorted(removed))
        self._close(gateway, manifest, hashlib.sha256(document).hexdigest())
        return ManifestAnswer(state="at-hub")

    def _close(self, gateway: Gateway, manifest: StudyManifest, digest: str) -> None:
        study, instances = manifest.study_instance_uid, len(manifest.instances)
        with self.database.begin() as connection:
            left = store.offered_of_study(connection, gateway.site_id, gateway.gateway_id, study)
            if store.close_study(
                connection,
                site_id=gateway.site_id,
                study_instance_uid=study,
                gateway_id=gateway.gateway_id,
                manifest_sha256=digest,
                instances=instances,
                at=now(),
            ) and not store_pulses.is_pulse(connection, gateway.site_id, study):
                hub_trail.append(
                    connection,
                    actor=gateway.actor,
                    event="study.at-hub",
                    site_id=gateway.site_id,
                    subject=study,
                    details={"instances": instances, "manifest_sha256": digest},
                )
        for sha256 in left:  # bytes of an object that came over two lines, or came in another coding
            self.partials.drop(gateway.site_id, sha256)

    def forget_unfinished(self, gateway: Gateway) -> None:
        """Give up what a gateway has begun: it names patients by pseudonyms from now on, and offers all of it anew."""
        with self.database.begin() as connection:
            begun = store.offered_by(connection, gateway.gateway_id)
            store.forget_offers(connection, gateway.site_id, begun)
        self.recent.forget(gateway.site_id, begun)
        for sha256 in begun:
            self.partials.drop(gateway.site_id, sha256)

    def tidy(self) -> int:
        """Give up what was offered long ago and never came whole, and bytes that nobody has offered; for the worker."""
        long_ago = now() - _GIVE_UP_AFTER
        with self.database.begin() as connection:
            old = store.offered_before(connection, long_ago)
            for site_id, sha256 in old:
                store.forget_offers(connection, site_id, [sha256])
        left = {*old, *self.partials.untouched_since(long_ago.timestamp())}
        for site_id, sha256 in left:
            self.partials.drop(site_id, sha256)
        return len(left)


def key_of(gateway: Gateway) -> ec.EllipticCurvePublicKey:
    """The enrolled key."""
    key = serialization.load_pem_public_key(gateway.public_key.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise NotSignedInError("the enrolled key is of another kind", phase="knowing the gateway")
    return key
