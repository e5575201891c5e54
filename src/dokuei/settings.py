"""One frozen value from ``dokuei.toml`` and ``DOKUEI_*``: read once, passed on; an unknown key is an error."""

import ipaddress
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dokuei.errors import ConfigurationError

_FILE_NAME = "dokuei.toml"
_PREFIX = "DOKUEI_"
_NOT_SETTINGS = frozenset({"DOKUEI_HOME", "DOKUEI_TEST_DATA"})
_STANDARD_PORT = 443


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _demand_both_or_neither(certificate: Path | None, private_key: Path | None) -> None:
    """One without the other would quietly be passed over for a certificate of our own."""
    if (certificate is None) != (private_key is None):
        raise ValueError("certificate and private_key belong together: set both or neither")


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _in_url(host: str) -> str:
    """IPv6 addresses stand in brackets (RFC 3986 3.2.2)."""
    return f"[{host}]" if ":" in host else host


class HubSettings(_Section):
    """Where the hub listens and where it keeps things."""

    host: str = Field("localhost", description="Address that readers and DICOMweb clients connect to.")
    port: int = Field(
        8080,
        description="Port for readers and DICOMweb clients; 0, or not set and 8080 taken: a free one is chosen.",
    )
    gateway_port: int = Field(
        8443,
        description="Port for gateways, always TLS with client certificates; 0, or not set and 8443 taken: a free one.",
    )
    public_name: str = Field(
        "", description="Host name in links and certificates, where it differs from host; 0.0.0.0 and :: need one."
    )
    public_url: str = Field(
        "", description="Address that readers and clients type, where a proxy in front has another name or port."
    )
    tls: bool = Field(default=False, description="Serve TLS on loopback too; any other address always has TLS.")
    certificate: Path | None = Field(None, description="PEM certificate chain; without it a local CA makes one.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate.")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite under the home folder.")
    keep_free_mb: int = Field(
        512, description="Room on the disk that uploads leave to the database; below it gateways wait.", ge=0
    )
    centre_name: str = Field("読影センター", description="The reading centre's name, as reports show it.")
    category_scale: Literal["screening", "diagnostic", "birads"] = Field(
        "screening",
        description="Categories of a new report: the Japanese guideline's for screening or for diagnosis, or BI-RADS.",
    )
    idle_lock_minutes: int = Field(
        10, description="Minutes without work after which pages are blanked and need signing in again.", ge=1, le=60
    )
    roles_by_request: bool = Field(
        default=False,
        description="Roles are given on request alone and confirmed by the department's manager; off: directly too.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _demand_both_or_neither(self.certificate, self.private_key)
        if self.every_address and not self.public_name:
            raise ValueError(f"host {self.host} is every address: set public_name to the name that readers will type")
        return self

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the hub."""
        return _is_loopback(self.host)

    @property
    def every_address(self) -> bool:
        """Whether the hub listens on all addresses of this machine, which is none that could be typed."""
        address = _address(self.host)
        return address is not None and address.is_unspecified

    @property
    def name(self) -> str:
        """The hub's name in links."""
        return self.public_name or _in_url(self.host)

    @property
    def own_address(self) -> str:
        """The address at which this machine itself reaches the hub."""
        if self.host == "localhost" or self.every_address:
            return "::1" if self.host == "::" else "127.0.0.1"
        return self.host

    @property
    def serves_tls(self) -> bool:
        """Nothing but loopback is served without TLS."""
        return self.tls or not self.loopback or self.certificate is not None

    @property
    def url(self) -> str:
        """The hub's address as browsers name it; keys are bound to it (WebAuthn takes no address of digits)."""
        usual = self.serves_tls and self.port == _STANDARD_PORT
        return f"{'https' if self.serves_tls else 'http'}://{self.name}{'' if usual else f':{self.port}'}"

    @property
    def gateway_url(self) -> str:
        """The hub's address as gateways elsewhere reach it."""
        return f"https://{self.name}:{self.gateway_port}"

    @property
    def own_gateway_url(self) -> str:
        """The hub's address as the gateway of the same home reaches it."""
        by_name = self.every_address or self.own_address == "127.0.0.1"
        return f"https://{'localhost' if by_name else _in_url(self.host)}:{self.gateway_port}"

    @property
    def public_address(self) -> str:
        """What stands in links and in answers, without a slash at its end."""
        return (self.public_url or self.url).rstrip("/")


class Peer(_Section):
    """A DICOM application that may associate with the gateway (PS3.8; NET-13)."""

    ae_title: str = Field(description="Its AE title, exactly as it calls.")
    address: str = Field("", description="Source address or network (CIDR); empty: any address.")
    commitment_port: int = Field(
        0, description="Where it takes reports of storage commitment on a new association; 0: only on its own."
    )

    @field_validator("address")
    @classmethod
    def _is_network(cls, value: str) -> str:
        """Said when the settings are read, not when the first association comes."""
        if value:
            try:
                ipaddress.ip_network(value, strict=False)
            except ValueError:
                raise ValueError(f"{value!r} is no IP address or network (CIDR); names are not looked up") from None
        return value


class Destination(_Section):
    """A DICOM application that the gateway associates with."""

    ae_title: str = Field(description="Its AE title.")
    host: str = Field(description="Its address.")
    port: int = Field(description="Its DIMSE port.")
    tls: bool = Field(default=False, description="Speak TLS to it (PS3.15 B.12).")
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: the system's authorities.")
    certificate: Path | None = Field(None, description="PEM chain that the gateway shows it, where it asks for one.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _demand_both_or_neither(self.certificate, self.private_key)
        if not self.tls and (self.ca or self.certificate):
            raise ValueError("ca and certificate are for TLS: set tls too, or leave them out")
        return self


class PseudonymSettings(_Section):
    """What may leave beside the pixels where a site wants pseudonyms (PS3.15 E.3)."""

    required: bool = Field(
        default=False,
        description="Never a true identity, whatever is chosen at the hub: the hospital has the last word.",
    )
    dates: Literal["keep", "shift", "remove"] = Field(
        "keep", description="Dates: as they are, all of a patient moved back by the same days, or none."
    )
    patient_characteristics: bool = Field(
        default=True, description="Age, sex, size and weight: a reading needs the age, uptake values the weight."
    )
    device_identity: bool = Field(default=False, description="Station names and serial numbers of devices.")
    institution_identity: bool = Field(default=False, description="Names and addresses of the institution.")
    descriptors: bool = Field(
        default=True, description="Descriptions of study, series and protocol in which nobody is named."
    )
    structured_content: bool = Field(
        default=True, description="Measurements, codes and references of structured reports; their texts never."
    )
    burned_in: bool = Field(
        default=False,
        description="Pictures that show text in their pixels, or do not say that they show none, as ultrasound does.",
    )


class ResultDestination(_Section):
    """The hospital's information system, which is told of reports by HL7 v2.5 over MLLP (ORU^R01)."""

    host: str = Field(description="Its address.")
    port: int = Field(description="Its MLLP port.")
    application: str = Field("HIS", description="Its name as MSH-5 says it.")
    facility: str = Field("", description="Its facility as MSH-6 says it.")
    character_set: Literal["iso-2022-jp", "utf-8"] = Field(
        "iso-2022-jp", description="How Japanese is written: ISO IR87, or UNICODE UTF-8."
    )
    tls: bool = Field(default=False, description="Speak TLS to it; an address that is not loopback has it always.")
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: the system's authorities.")
    certificate: Path | None = Field(None, description="PEM chain that the gateway shows it, where it asks for one.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _demand_both_or_neither(self.certificate, self.private_key)
        if not self.serves_tls and (self.ca or self.certificate):
            raise ValueError("ca and certificate are for TLS: set tls too, or leave them out")
        return self

    @property
    def serves_tls(self) -> bool:
        """Nothing but loopback is told of a patient without TLS."""
        return self.tls or not _is_loopback(self.host)


class Hl7Settings(_Section):
    """Orders from the hospital's information system, and results back to it: HL7 v2.5 over MLLP."""

    host: str = Field("127.0.0.1", description="Address on which orders are taken.")
    port: int = Field(0, description="MLLP port (2575 is registered); 0: off.")
    tls: bool = Field(
        default=False,
        description="Take orders with TLS, by the files of DIMSE over TLS; an address beyond loopback has it always.",
    )
    application: str = Field("DOKUEI", description="The gateway's own name as MSH-3 says it.")
    facility: str = Field("", description="The gateway's own facility as MSH-4 says it.")
    sending_applications: tuple[str, ...] = Field(
        (), description="Whose orders are taken (MSH-3); empty: anybody's on loopback, nobody's elsewhere."
    )
    character_set: Literal["iso-2022-jp", "utf-8", "shift_jis", "ascii"] = Field(
        "iso-2022-jp", description="How messages are read whose MSH-18 is empty; Shift_JIS has no name there."
    )
    accession_number: Literal["first-found", "IPC-1", "OBR-18", "OBR-19", "filler"] = Field(
        "first-found", description="Where the accession number stands; first-found: IPC-1, OBR-18, the filler's."
    )
    issuer_in_images: bool = Field(
        default=False,
        description="Images name the assigning authority of PID-3 as Issuer of Patient ID: pseudonyms depend on it.",
    )
    results: ResultDestination | None = Field(None, description="Who is told of reports; empty: nobody.")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can send orders."""
        return _is_loopback(self.host)

    @property
    def serves_tls(self) -> bool:
        """Nothing but loopback is served without TLS."""
        return self.tls or not self.loopback


class GatewaySettings(_Section):
    """How the hospital's program receives, forwards and delivers."""

    ae_title: str = Field("DOKUEI", description="The gateway's own AE title.")
    host: str = Field("127.0.0.1", description="Address on which DIMSE is accepted.")
    port: int = Field(11112, description="DIMSE port; 0, or not set and 11112 taken: a free one is chosen.")
    plain_dimse: bool = Field(
        default=False,
        description="Take DIMSE without TLS on a host that is not loopback too, from peers listed with their address.",
    )
    tls_port: int = Field(0, description="DIMSE over TLS (2762 is registered); 0: off.")
    tls_certificate: Path | None = Field(
        None, description="PEM chain for DIMSE over TLS; empty: the home's own authority makes one."
    )
    tls_private_key: Path | None = Field(None, description="PEM private key that belongs to tls_certificate.")
    tls_client_ca: Path | None = Field(
        None, description="PEM of who issues the modalities' certificates; empty: the home's own authority."
    )
    acceptors: int = Field(2, description="Receiving processes that share the port.", ge=1, le=8)
    keep_free_mb: int = Field(
        512, description="Room on the disk that intake leaves to coding and forwarding; below it senders wait.", ge=0
    )
    peers: tuple[Peer, ...] = Field((), description="Who may associate; empty: anybody on loopback, nobody elsewhere.")
    pacs: Destination | None = Field(None, description="Where reports are stored by C-STORE.")
    pseudonyms: PseudonymSettings = Field(
        PseudonymSettings(), description="What may leave beside the pixels where the site wants pseudonyms."
    )
    hl7: Hl7Settings = Field(Hl7Settings(), description="Orders and results by HL7 v2.5 over MLLP.")
    hub_url: str = Field("", description="The hub's gateway address; filled by enrolment when empty.")
    proxy: str = Field("", description="http://user:password@host:port of an outbound CONNECT proxy.")
    keep_originals: Literal["until-proved", "always"] = Field(
        "until-proved", description="How long the bytes as received are kept after the hub has proved the study."
    )
    retry_ceiling_seconds: float = Field(60.0, description="Longest wait between attempts to reach the hub.")

    @property
    def serves_plain(self) -> bool:
        """Nothing but loopback is served without TLS, unless that was asked for in so many words."""
        return self.plain_dimse or _is_loopback(self.host)

    @property
    def door(self) -> int:
        """The port that modalities are told of: the plain one where it is open, else the one with TLS."""
        return self.port if self.serves_plain else self.tls_port


class SealSettings(_Section):
    """What reports are sealed with; nothing set: a key of the hub's own under its home folder."""

    certificate: Path | None = Field(None, description="PEM certificate chain that seals reports; empty: hub/seal/.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate (mode 600).")
    time_stamp_url: str = Field("", description="RFC 3161 time-stamp service; empty: seals carry no time stamp.")
    time_stamp_ca: Path | None = Field(None, description="PEM of who issued the time-stamp service's certificate.")
    time_zone: str = Field("Asia/Tokyo", description="IANA name of the zone in which reports show times.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _demand_both_or_neither(self.certificate, self.private_key)
        return self


class RepositorySettings(_Section):
    """An audit repository outside (IHE ATNA) that is told every entry of the hub's trail by syslog over TLS."""

    host: str = Field("", description="Host name, as its certificate has it; empty: off.")
    port: int = Field(6514, description="Port of syslog over TLS (RFC 5425).", ge=1, le=65535)
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: whom this machine trusts.")
    certificate: Path | None = Field(None, description="PEM certificate chain that is shown to it, where it asks.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate (mode 600).")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        _demand_both_or_neither(self.certificate, self.private_key)
        return self


class MailSettings(_Section):
    """Who carries nudges: that something unread waits in a case, never what, and never whose case it is."""

    host: str = Field("", description="SMTP server that takes nudges to people; empty: no mail is sent.")
    port: int = Field(587, description="Its port for submission.")
    starttls: bool = Field(default=True, description="Speak TLS to it (RFC 3207); false only for a server on loopback.")
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: the system's authorities.")
    user: str = Field("", description="Account at the server, where it wants one.")
    password_file: Path | None = Field(None, description="File of mode 600 that holds the account's password.")
    sender: str = Field("", description="Address that nudges come from.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.host and not self.sender:
            raise ValueError("mail needs a sender")
        if self.host and not self.starttls and not _is_loopback(self.host):
            raise ValueError("mail without TLS is for a server on loopback only")
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("user and password_file belong together: set both or neither")
        return self


class AuditSettings(_Section):
    """Where the audit trails' ends go, so that a cut end shows."""

    anchor: Path | None = Field(
        None, description="File outside the home folder, on another disk, to which each trail's end is added daily."
    )
    repository: RepositorySettings = Field(
        RepositorySettings(), description="Where every entry is sent as a DICOM audit message (PS3.15 A.5)."
    )


class Settings(_Section):
    """All settings of one home folder."""

    home: Path
    language: Literal["ja", "en"] = Field("ja", description="Language of command output.")
    hub: HubSettings = HubSettings()
    gateway: GatewaySettings = GatewaySettings()
    seal: SealSettings = SealSettings()
    audit: AuditSettings = AuditSettings()
    mail: MailSettings = MailSettings()


def read_settings(home: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``home/dokuei.toml``, then ``DOKUEI_SECTION__KEY`` over it.

    Raises:
        ConfigurationError: the file is no TOML, or a key is unknown or of the wrong kind.
    """
    values = _from_file(home / _FILE_NAME)
    for name, value in (os.environ if environment is None else environment).items():
        if name.startswith(_PREFIX) and name not in _NOT_SETTINGS:
            _put(values, name.removeprefix(_PREFIX).lower().split("__"), value)
    try:
        return Settings.model_validate({**values, "home": home.resolve()})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            wrong, phase="reading settings", remedy=f"correct {home / _FILE_NAME} or the DOKUEI_ variables"
        ) from error


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(error), phase="reading settings", remedy=f"correct {path}") from error


def _put(values: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        values = values.setdefault(key, {})
    values[keys[-1]] = value
