"""The sections of a gateway: whom it takes objects and orders from, and where it brings reports."""

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from dokuei.settings.section import Section, demand_both_or_neither, is_loopback
from dokuei.settings.sending import SendingSettings


class Peer(Section):
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


class Destination(Section):
    """A DICOM application that the gateway associates with."""

    ae_title: str = Field(description="Its AE title.")
    host: str = Field(description="Its address.")
    port: int = Field(description="Its DIMSE port.")
    tls: bool = Field(default=False, description="Speak TLS to it (PS3.15 B.12).")
    ca: Path | None = Field(None, description="PEM of who issued its certificate; empty: the system's authorities.")
    certificate: Path | None = Field(None, description="PEM chain that the gateway shows it, where it asks for one.")
    private_key: Path | None = Field(None, description="PEM private key that belongs to certificate.")
    commitment: Literal["required", "when-offered", "off"] = Field(
        "when-offered",
        description="Ask it to commit to what it was sent; required: nothing has arrived before it does.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        demand_both_or_neither(self.certificate, self.private_key)
        if not self.tls and (self.ca or self.certificate):
            raise ValueError("ca and certificate are for TLS: set tls too, or leave them out")
        return self


class PseudonymSettings(Section):
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


class ResultDestination(Section):
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
        demand_both_or_neither(self.certificate, self.private_key)
        if not self.serves_tls and (self.ca or self.certificate):
            raise ValueError("ca and certificate are for TLS: set tls too, or leave them out")
        return self

    @property
    def serves_tls(self) -> bool:
        """Nothing but loopback is told of a patient without TLS."""
        return self.tls or not is_loopback(self.host)


class Hl7Settings(Section):
    """Orders from the hospital's information system, and results back to it: HL7 v2.5 over MLLP."""

    host: str = Field("127.0.0.1", description="Address on which orders are taken.")
    port: int = Field(0, description="MLLP port (2575 is registered); 0: off.")
    tls: bool = Field(
        default=False,
        description="Take orders with TLS, by the files of DIMSE over TLS; an address beyond loopback has it always.",
    )
    application: str = Field("DOKUEI", description="The gateway's own name as MSH-3 says it.")
    facility: str = Field(
        "", description="The gateway's own facility as MSH-4 says it; orders whose MSH-6 says another are refused."
    )
    sending_applications: tuple[str, ...] = Field(
        (), description="Whose orders are taken (MSH-3); empty: anybody's on loopback, nobody's elsewhere."
    )
    sending_facilities: tuple[str, ...] = Field(
        (),
        description="Of which facilities orders are taken (MSH-4); empty: of any on loopback, of none elsewhere.",
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
        return is_loopback(self.host)

    @property
    def serves_tls(self) -> bool:
        """Nothing but loopback is served without TLS."""
        return self.tls or not self.loopback


class FolderSettings(Section):
    """Requests as CSV and PDF files in a folder, for hospitals whose systems speak no HL7."""

    path: Path | None = Field(None, description="The watched folder; empty: none.")
    encoding: Literal["auto", "utf-8", "shift_jis"] = Field(
        "auto", description="How CSV files are written; auto: UTF-8 where they are, else Shift_JIS."
    )
    poll_seconds: float = Field(5.0, description="Seconds between two looks into the folder.", ge=0.1, le=3600)


class ReportFolderSettings(Section):
    """Sealed PDFs and an index of them in a folder, for hospitals whose systems speak no HL7."""

    path: Path | None = Field(None, description="The folder, which must be there already; empty: none.")
    encoding: Literal["utf-8", "shift_jis"] = Field(
        "shift_jis", description="How index.csv is written; Shift_JIS as Windows has it."
    )


class WorklistSettings(Section):
    """The worklist that modalities ask the gateway for (DICOM Modality Worklist)."""

    character_set: Literal["iso-2022-jp", "utf-8", "ascii"] = Field(
        "iso-2022-jp", description="How a query is answered that names no character set of its own."
    )
    days_back: int = Field(
        7, description="Days by which undone orders stay listed for a query that names no day and nobody.", ge=0, le=365
    )


class PriorRule(Section):
    """Which earlier studies of a patient are brought for a new one."""

    current: tuple[str, ...] = Field((), description="Modalities of the new study; empty: any.")
    priors: tuple[str, ...] = Field(description="Modalities of the earlier studies that count.")
    body_part: Literal["breast", "any"] = Field(
        "breast", description="Of what they are; an examination that does not say counts."
    )
    years: int = Field(10, description="How far back, in years before the new study.", ge=1, le=100)
    most: int = Field(4, description="How many at most, the latest first.", ge=1, le=50)


class PriorSettings(Section):
    """Earlier studies, asked of the hospital's PACS and brought before anybody asks for them (Query/Retrieve)."""

    retrieve: Literal["move", "get", "off"] = Field(
        "move", description="How they come: move (C-MOVE to the gateway's own AE title), get (C-GET), or not at all."
    )
    pacs: Destination | None = Field(None, description="Who is asked; empty: the one that reports are stored in.")
    rules: tuple[PriorRule, ...] = Field(
        (
            PriorRule(current=("MG",), priors=("MG",), body_part="any"),
            PriorRule(current=("MG",), priors=("US", "MR"), years=5, most=2),
            PriorRule(current=("US", "MR", "PT", "NM"), priors=("MG", "US", "MR"), years=5),
        ),
        description="What is brought for what; an order that names no modality is held against every rule.",
    )
    breast_words: tuple[str, ...] = Field(
        ("breast", "mammo", "mamma", "乳房", "乳腺", "乳がん", "乳癌", "マンモ", "ﾏﾝﾓ"),
        description="Words in a body part or a description by which an examination is of the breast.",
    )
    least_days: int = Field(
        7, description="Days that lie between; what is younger may itself wait to be read, and is not brought.", ge=1
    )
    zero_padded_ids: bool = Field(
        default=False, description="Patient IDs that differ in leading zeros alone are one patient's, as at the hub."
    )
    retry_ceiling_seconds: float = Field(300.0, description="Longest wait between attempts to ask or to fetch.", gt=0)
    give_up_hours: int = Field(48, description="Hours after which nothing is asked or fetched any more.", ge=1, le=720)


class GatewaySettings(Section):
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
    priors: PriorSettings = Field(PriorSettings(), description="Earlier studies from the PACS.")
    report_objects: tuple[Literal["sr", "pdf", "pages"], ...] = Field(
        ("sr", "pdf"),
        description="As what the PACS is given a report: structured, as PDF, or its pages as pictures.",
    )
    report_folder: ReportFolderSettings = Field(
        ReportFolderSettings(), description="Reports as files in a folder, with an index."
    )
    pseudonyms: PseudonymSettings = Field(
        PseudonymSettings(), description="What may leave beside the pixels where the site wants pseudonyms."
    )
    folder: FolderSettings = Field(FolderSettings(), description="Requests from a watched folder.")
    worklist: WorklistSettings = Field(WorklistSettings(), description="The worklist that modalities ask for.")
    hl7: Hl7Settings = Field(Hl7Settings(), description="Orders and results by HL7 v2.5 over MLLP.")
    hub_url: str = Field("", description="The hub's gateway address; filled by enrolment when empty.")
    proxy: str = Field("", description="http://user:password@host:port of an outbound CONNECT proxy.")
    keep_originals: Literal["until-proved", "always"] = Field(
        "until-proved", description="How long the bytes as received are kept after the hub has proved the study."
    )
    pulse_minutes: int = Field(
        5,
        description="How often a test patient's request and image go the whole way, in minutes; 0: never.",
        ge=0,
        le=1440,
    )
    line_check_hours: float = Field(
        6.0, description="How often the line to the hub is measured, in hours; 0: only by hand.", ge=0, le=168
    )
    sending: SendingSettings = Field(SendingSettings(), description="How the line to the hub is filled.")
    metrics_port: int = Field(0, description="Port of Prometheus metrics, on loopback alone; 0: off.", ge=0, le=65535)
    retry_ceiling_seconds: float = Field(60.0, description="Longest wait between attempts to reach the hub.")

    @property
    def serves_plain(self) -> bool:
        """Nothing but loopback is served without TLS, unless that was asked for in so many words."""
        return self.plain_dimse or is_loopback(self.host)

    @property
    def door(self) -> int:
        """The port that modalities are told of: the plain one where it is open, else the one with TLS."""
        return self.port if self.serves_plain else self.tls_port
