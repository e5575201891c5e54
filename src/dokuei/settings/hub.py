"""The sections of the hub: where it listens, its seal, its audit trail, its mail."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from dokuei.settings.section import Section, address_of, demand_both_or_neither, in_url, is_loopback

_STANDARD_PORT = 443


class HubSettings(Section):
    """Where the hub listens and keeps things; nothing makes a report final but a physician's own signature (REC-05)."""

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
        description="Categories of a new report where no request says: Japan's for screening or diagnosis, or BI-RADS.",
    )
    idle_lock_minutes: int = Field(
        10, description="Minutes without work after which pages are blanked and need signing in again.", ge=1, le=60
    )
    time_server: str = Field(
        "", description="NTP server (host or host:port) that the hub's clock is held against; empty: it is not checked."
    )
    facility_networks: tuple[str, ...] = Field(
        (),
        description="Networks (CIDR) of the reading facility: reports say that whoever is elsewhere read elsewhere.",
    )
    roles_by_request: bool = Field(
        default=False,
        description="Roles are given on request alone and confirmed by the department's manager; off: directly too.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        demand_both_or_neither(self.certificate, self.private_key)
        for network in self.facility_networks:
            ip_network(network)  # raises ValueError, with the text
        if self.every_address and not self.public_name:
            raise ValueError(f"host {self.host} is every address: set public_name to the name that readers will type")
        return self

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the hub."""
        return is_loopback(self.host)

    @property
    def every_address(self) -> bool:
        """Whether the hub listens on all addresses of this machine, which is none that could be typed."""
        address = address_of(self.host)
        return address is not None and address.is_unspecified

    @property
    def name(self) -> str:
        """The hub's name in links."""
        return self.public_name or in_url(self.host)

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
        return f"https://{'localhost' if by_name else in_url(self.host)}:{self.gateway_port}"

    @property
    def public_address(self) -> str:
        """What stands in links and in answers, without a slash at its end."""
        return (self.public_url or self.url).rstrip("/")


class SealSettings(Section):
    """What reports are sealed with; nothing set: a key of the hub's own under its home folder."""

    certificate: Path | None = Field(
        None, description="PEM certificate that seals reports, its issuers behind it; empty: hub/seal/."
    )
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate (mode 600).")
    token_module: Path | None = Field(
        None, description="PKCS#11 library of a token or HSM that holds the key, in place of private_key."
    )
    token_label: str = Field("", description="The token's label.")
    token_key: str = Field("", description="The key's label on the token; certificate is the one of that key.")
    token_pin_file: Path | None = Field(None, description="File of mode 600 that holds the token's PIN.")
    time_stamp_url: str = Field("", description="RFC 3161 time-stamp service; empty: seals carry no time stamp.")
    time_stamp_ca: Path | None = Field(None, description="PEM of who issued the time-stamp service's certificate.")
    time_zone: str = Field("Asia/Tokyo", description="IANA name of the zone in which reports show times.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.token_module is None:
            demand_both_or_neither(self.certificate, self.private_key)
            return self
        if self.certificate is None or self.token_pin_file is None or not (self.token_label and self.token_key):
            raise ValueError("a seal on a token needs certificate, token_label, token_key and token_pin_file")
        if self.private_key is not None:
            raise ValueError("the seal's key is in a file or on a token: set private_key or token_module")
        return self


class HpkiSettings(Section):
    """Whose certificates vouch for physicians at sites that want reports signed with them (HPKI or equivalent)."""

    authorities: Path | None = Field(
        None, description="PEM of the authorities that are believed; needed where a site wants such signatures."
    )
    revocation_lists: Path | None = Field(
        None, description="PEM of their revocation lists, read anew at each signature; empty: revocation is not asked."
    )
    wait_minutes: int = Field(
        15, description="Minutes that a report waits for the card before it is a draft again.", ge=1, le=120
    )


class RepositorySettings(Section):
    """An audit repository outside (IHE ATNA) that is told every entry of the hub's trail by syslog over TLS."""

    host: str = Field("", description="Host name, as its certificate has it; empty: off.")
    port: int = Field(6514, description="Port of syslog over TLS (RFC 5425).", ge=1, le=65535)
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: whom this machine trusts.")
    certificate: Path | None = Field(None, description="PEM certificate chain that is shown to it, where it asks.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate (mode 600).")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        demand_both_or_neither(self.certificate, self.private_key)
        return self


class MailSettings(Section):
    """Who carries mail to people: that something waits for them, never what, and never whose case it is."""

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
        if self.host and not self.starttls and not is_loopback(self.host):
            raise ValueError("mail without TLS is for a server on loopback only")
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("user and password_file belong together: set both or neither")
        return self


class AuditSettings(Section):
    """Where the audit trails' ends go, so that a cut end shows."""

    anchor: Path | None = Field(
        None, description="File outside the home folder, on another disk, to which each trail's end is added daily."
    )
    repository: RepositorySettings = Field(
        RepositorySettings(), description="Where every entry is sent as a DICOM audit message (PS3.15 A.5)."
    )
