"""What gateway and hub say to each other: one version number, the routes, and the messages on them.

A gateway keeps three things going: *offers* (these objects are coded and proved here; what do you lack?), one
*upload* (a stream of pieces of whatever the hub lacks, most urgent first, answered while it runs), and a
*heartbeat*. A study is closed with a signed manifest, which the hub compares with what it has stored and proved.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DokueiError, PeerRefusedError, ProtocolVersionError, RequestError
from dokuei.timekeeping import ClockState
from dokuei.transfer.contract import ContractScopes

PROTOCOL = 1
PROTOCOL_HEADER = "dokuei-protocol"
SIGNATURE_TAG = "dokuei-gateway"

AUTHORITY_PATH = "/gateway/v1/authority"
ENROLMENT_PATH = "/gateway/v1/enrolment"
CERTIFICATE_PATH = "/gateway/v1/certificate"
OFFER_PATH = "/gateway/v1/offers"
UPLOAD_PATH = "/gateway/v1/upload"
MANIFEST_PATH = "/gateway/v1/manifests"
HEARTBEAT_PATH = "/gateway/v1/heartbeat"

PIECE_BYTES = 256 * 1024  # what an urgent object waits for at most
WINDOW_BYTES = 1_750_000  # sent and not yet confirmed: what a cut costs at most
TICK_SECONDS = 1.0  # the hub says something this often while an upload runs
SILENCE_SECONDS = 5.0  # a line that says nothing for so long is given up for a new one
HEARTBEAT_SECONDS = 5.0
OFFER_AT_MOST = 128
REMOVALS_AT_MOST = 50
RULES_AT_MOST = 50
BODY_BYTES = 64 << 20  # the largest signed message that is not an upload

_UID = re.compile(r"[0-9.]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9.]{1,64}$")]
StudyState = Literal["received", "proved", "forwarding", "at-hub", "removed", "problem"]
IdentityMode = Literal["true", "pseudonym"]
Verdict = Literal["proved", "again", "later", "refused"]


class Message(BaseModel):
    """One JSON message; unknown keys are let pass, because the other side may be a version ahead."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, body: bytes) -> Self:
        """A message out of its JSON.

        Raises:
            RequestError: it is not of this kind.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
            raise RequestError("; ".join(wrong[:5]), phase="reading a message") from error

    def write(self) -> bytes:
        """The message as JSON."""
        return self.model_dump_json().encode()


class Problem(Message):
    """An RFC 9457 problem as it travels inside other messages."""

    type: str = ""
    detail: str = ""
    phase: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, error: DokueiError) -> Self:
        """An error as it travels to the other side."""
        return cls.model_validate(error.problem())

    def error(self) -> DokueiError:
        """The error behind a problem that the other side sent."""
        kind = _kinds(DokueiError).get(self.type.rpartition(":")[2], PeerRefusedError)
        return kind(self.detail, phase=self.phase, remedy=self.remedy)


class EnrolmentRequest(Message):
    """A one-time secret and a certificate request; the private key stays where it was made."""

    secret: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    request: str = Field(max_length=8192, description="PKCS #10, PEM")
    name: str = Field("", max_length=200)
    version: str = Field("", max_length=40)


class EnrolmentAnswer(Message):
    """Who the gateway is from now on."""

    gateway_id: str
    site_id: str
    certificate: str = Field(description="PEM")
    identity_mode: IdentityMode = "true"


class CertificateRequest(Message):
    """A certificate request by the key that is enrolled already."""

    request: str = Field(max_length=8192, description="PKCS #10, PEM")


class Offer(Message):
    """Objects of one study that are coded and proved at the gateway.

    ``study_instances`` is how many objects the gateway holds of the study by now, so that the hub never takes a part
    for the whole; a gateway one version behind leaves it out, and its manifest alone tells. ``identity_mode`` is how
    the objects name their patient.
    """

    study_instance_uid: Uid
    study_instances: int | None = Field(None, ge=0, le=10_000_000)
    identity_mode: IdentityMode = "true"
    instances: list[dict[str, Any]] = Field(max_length=OFFER_AT_MOST)

    def coded(self) -> tuple[CodedInstance, ...]:
        """The objects offered.

        Raises:
            RequestError: one of them is not of the agreed shape, or of another study.
        """
        coded = tuple(_coded(value) for value in self.instances)
        if any(one.study_instance_uid != self.study_instance_uid for one in coded):
            raise RequestError("an object of another study", phase="reading an offer")
        return coded


class Need(Message):
    """What the hub lacks of one object: nothing (``have``), or its bytes from ``offset`` on."""

    sha256: Sha256
    state: Literal["have", "send"]
    offset: int = 0


class Needs(Message):
    """The answer to an offer, in the offer's order."""

    needs: list[Need]


class UploadEvent(Message):
    """One line of the hub's answer while an upload runs.

    ``stored``: everything before ``end`` is on the hub's disk. ``judged``: the object was decoded and proved, or why
    not. ``tick``: the line is alive. ``end``: the upload was read to its last byte and everything is judged.
    """

    event: Literal["stored", "judged", "tick", "end"]
    sha256: str = ""
    end: int = 0
    verdict: Verdict = "later"
    problem: Problem | None = None


class ManifestAnswer(Message):
    """Whether the hub has stored and proved every object of a signed manifest.

    ``removed`` are those of ``lacking`` that the hub had stored and proved and then removed on purpose (the contract's
    term): they are not asked for again. A gateway one version behind does not read it, sees them lacking, and so never
    believes them at the hub.
    """

    state: Literal["at-hub", "incomplete"]
    lacking: list[str] = Field(default_factory=list, description="SOP Instance UIDs")
    removed: list[str] = Field(default_factory=list, description="SOP Instance UIDs")


class StudyReport(Message):
    """The state of one study at the gateway, as staff on both sides sees it.

    ``warnings`` say in fixed sentences, which hold no patient data, what was odd about ``warned_instances`` of its
    objects as they came; a gateway one version behind leaves both out.
    ``left_bytes`` are still to be sent, and ``done_at`` is when all will be there at the line's rate and by the site's
    hours; empty where nobody can tell. A gateway one version behind leaves both out.
    ``removed`` counts the objects that the hub had and then removed by the contract's term: "at-hub" is said of the
    others, and "removed" of a study of which nothing else is left.
    """

    study_instance_uid: Uid
    state: StudyState
    percent: int = 0
    instances: int = 0
    bytes: int = 0
    error: str = ""
    remedy: str = ""
    warned_instances: int = 0
    warnings: list[Annotated[str, StringConstraints(max_length=200)]] = Field(default_factory=list, max_length=100)
    removed: int = 0
    left_bytes: int = Field(0, ge=0)
    done_at: str = Field("", max_length=40)


class SendingReport(Message):
    """How fast a gateway's uploads go together, and what its site's hours allow now.

    ``limit_until`` is when that changes; ``congestion`` is what paces the connections (bbr where the kernel has it).
    """

    bytes_per_second: int = Field(0, ge=0)
    streams: int = Field(1, ge=0)
    limit_bytes_per_second: int | None = Field(None, ge=0)
    limit_until: str = Field("", max_length=40)
    congestion: str = Field("", max_length=16)


class Refusal(Message):
    """One open entry of a gateway's quarantine, in words that hold no patient data."""

    at: str = Field(max_length=40)
    code: str = Field(max_length=40)
    reason: str
    remedy: str = ""
    times: int = 1
    sending_ae: str = ""


class OrderRefusal(Message):
    """One open message of a hospital's system that was not understood; whose order it was stays in the hospital."""

    at: str = Field(max_length=40)
    message_type: str = Field("", max_length=20)
    location: str = Field("", max_length=20)
    condition: int = 0
    times: int = 1
    sending_application: str = Field("", max_length=256)


class TrailEnd(Message):
    """The end of one side's audit trail, for the other side to keep: a cut end shows there."""

    sequence: int = Field(ge=0)
    hash: str = Field(pattern="^[0-9a-f]{64}$")


class ToldPriorRule(Message):
    """Which earlier studies are brought for which new ones, by the hospital's own settings."""

    current: list[str] = Field(default_factory=list, max_length=RULES_AT_MOST)
    priors: list[str] = Field(default_factory=list, max_length=RULES_AT_MOST)
    body_part: Literal["breast", "any"] = "breast"
    years: int
    most: int


class ToldPriorRules(Message):
    """Whether earlier studies are brought at all, and by which rules; what is of the last days is none."""

    brought: bool
    least_days: int
    rules: list[ToldPriorRule] = Field(default_factory=list, max_length=RULES_AT_MOST)


class Heartbeat(Message):
    """What a gateway tells of itself every few seconds."""

    version: str = Field(max_length=40)
    protocol: int
    identity_mode: IdentityMode = "true"
    studies: list[StudyReport] = Field(default_factory=list, max_length=500)
    quarantine: int = 0
    refusals: list[Refusal] = Field(default_factory=list, max_length=100, description="The newest in quarantine")
    unread_orders: int = Field(0, ge=0, description="Messages of the hospital's systems that were not understood")
    order_refusals: list[OrderRefusal] = Field(default_factory=list, max_length=100, description="The newest of them")
    free_bytes: int = 0
    certificate_not_after: str = Field("", max_length=40)
    trail_end: TrailEnd | None = None
    sending: SendingReport | None = None
    clock_ahead_ms: int | None = Field(None, description="How far its clock is ahead of the hub's, as it measured last")
    clock_state: ClockState = Field("unknown", description="What its own machine says of its clock")
    prior_rules: ToldPriorRules | None = Field(None, description="Which earlier studies it brings from the PACS")
    removals_heard: int | None = Field(None, ge=0, lt=2**53, description="How far it has heard the hub's removals")


class Removals(Message):
    """Studies of the gateway's site that the hub has removed on purpose, the oldest first, by the hub's names.

    ``until`` is how far its record of removals was looked through: the gateway says it back.
    """

    studies: list[Uid] = Field(default_factory=list, max_length=REMOVALS_AT_MOST)
    until: int = Field(ge=0, lt=2**53)


class HeartbeatAnswer(Message):
    """What the hub wants of a gateway: studies to send first, and how patients are to be named (no word: as before).

    ``contract`` is what its hospital may ask for; a hub one version behind leaves it out, and judges by itself.
    """

    urgent: list[str] = Field(default_factory=list)
    identity_mode: IdentityMode | None = None
    contract: ContractScopes | None = None
    trail_end: TrailEnd | None = None
    clock: str = Field("", max_length=40, description="The hub's own, when it answered")
    removals: Removals | None = Field(None, description="What the gateway asked after and has not heard yet")


def demand_protocol(value: str | None) -> int:
    """The gateway's protocol version: this one or the one before.

    Raises:
        ProtocolVersionError: any other, or none.
    """
    if value is not None and value.isascii() and value.isdigit() and int(value) in {PROTOCOL, PROTOCOL - 1}:
        return int(value)
    remedy = "update the hub first" if value and value.isdigit() and int(value) > PROTOCOL else "update the gateway"
    raise ProtocolVersionError(
        f"protocol {value or 'unknown'} is not spoken here; this hub speaks {PROTOCOL - 1} and {PROTOCOL}",
        phase="greeting the gateway",
        remedy=remedy,
    )


def _kinds(root: type[DokueiError]) -> dict[str, type[DokueiError]]:
    found = {root.code: root}
    for kind in root.__subclasses__():
        found = {**_kinds(kind), **found}
    return found


def _coded(value: dict[str, Any]) -> CodedInstance:
    try:
        coded = CodedInstance.from_json(value)
        sound = _sound(coded)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestError("an object that is not described as agreed", phase="reading an offer") from error
    if not sound:
        raise RequestError("an object with impossible particulars", phase="reading an offer")
    return coded


def _sound(coded: CodedInstance) -> bool:
    """Digests name files and UIDs name rows, so neither may be anything else; frames lie inside the file."""
    uids = (coded.sop_instance_uid, coded.sop_class_uid, coded.series_instance_uid, coded.study_instance_uid)
    return (
        all(_UID.fullmatch(uid) for uid in (*uids, coded.transfer_syntax_uid, coded.source_transfer_syntax_uid))
        and all(_DIGEST.fullmatch(d) for d in (coded.sha256, coded.source_sha256, coded.content_digest))
        and coded.size > 0
        and all(frame.offset >= 0 and 0 <= frame.length <= coded.size - frame.offset for frame in coded.frames)
    )
