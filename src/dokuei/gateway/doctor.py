"""What is in the way between this gateway and its hub, step by step, in words for the hospital's IT department."""

import shutil
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from dokuei import timekeeping
from dokuei.clock import now
from dokuei.errors import DokueiError, PeerRefusedError
from dokuei.gateway.enrol import Identity, hub_client, identity_of
from dokuei.settings import GatewaySettings, Hl7Settings, ResultDestination, Settings
from dokuei.transfer.client import HubClient
from dokuei.transfer.dial import Address, Proxy, address_of, congestion_control, connect, proxy_of, secure
from dokuei.transfer.protocol import Offer

Verdict = Literal["good", "warning", "bad"]
_CLOCK_WARNING = timedelta(seconds=60)
_CLOCK_BAD = timedelta(minutes=5)
_DAYS_WARNING = 30
_FREE_WARNING = 10 << 30
_PACS_SECONDS = 3.0
_BY_NTP = "let this machine set its clock by NTP"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``said`` and ``to_do`` are sentences that ``values`` fill, in any language."""

    subject: str
    verdict: Verdict
    said: str
    to_do: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What was found."""
        return self.said.format(**self.values)

    @property
    def remedy(self) -> str:
        """What now; empty where nothing is."""
        return self.to_do.format(**self.values)


@dataclass(frozen=True)
class _Way:
    settings: Settings
    identity: Identity
    enrolled: bool
    address: Address
    proxy: Proxy | None

    @property
    def first_hop(self) -> Address:
        return self.address if self.proxy is None else Address(self.proxy.host, self.proxy.port)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything in the order in which it must work; what depends on a failed step is left out."""
    identity = identity_of(settings.home)
    enrolment = identity.read()
    found = [
        _disk(settings),
        _timekeeping(),
        _congestion(),
        _pacs(settings.gateway),
        *_orders(settings.gateway.hl7),
        *_his(settings.gateway.hl7.results),
    ]
    url = settings.gateway.hub_url or (enrolment.hub_url if enrolment else "")
    if enrolment is None:
        found += [Finding("enrolment", "bad", "this gateway is not enrolled", "dokuei gateway enrol CODE")]
        if not url:
            return found
    else:
        known = {"gateway": enrolment.gateway_id, "site": enrolment.site_id}
        found += [Finding("enrolment", "good", "gateway {gateway} of site {site}", values=known)]
        found += [_certificate(identity)]
    way = _Way(settings, identity, enrolment is not None, address_of(url), proxy_of(settings.gateway.proxy))
    steps: tuple[Callable[[_Way], Iterator[Finding]], ...] = (_names, _port, _tls, _hub)
    for step in steps if way.enrolled else steps[:2]:  # without a certificate the hub's listener says nothing
        found += step(way)
        if found[-1].verdict == "bad":
            break
    return found


def _names(way: _Way) -> Iterator[Finding]:
    hop = way.first_hop
    try:
        addresses = sorted(
            {str(info[4][0]) for info in socket.getaddrinfo(hop.host, hop.port, type=socket.SOCK_STREAM)}
        )
    except OSError:
        unknown = {"host": hop.host}
        yield Finding("DNS", "bad", "{host} does not resolve", "let the DNS server answer for {host}", unknown)
        return
    values = {"host": hop.host, "addresses": ", ".join(addresses)}
    yield Finding("DNS", "good", "{host} is {addresses}", values=values)


def _port(way: _Way) -> Iterator[Finding]:
    subject = "port" if way.proxy is None else "proxy"
    try:
        connect(way.address, way.proxy).close()
    except DokueiError as error:
        to_do = "{remedy}" if way.proxy is not None else "see the firewall request below"
        yield Finding(error.phase if error.phase == "proxy" else subject, "bad", "{what}", to_do, _told(error))
        return
    values = {"address": way.address.authority}
    if way.proxy is None:
        yield Finding(subject, "good", "{address} answers", values=values)
    else:
        values |= {"proxy": f"{way.proxy.host}:{way.proxy.port}"}
        yield Finding(subject, "good", "{address} answers through {proxy}", values=values)


def _told(error: DokueiError) -> dict[str, object]:
    return {"what": error.what, "remedy": error.remedy}


def _tls(way: _Way) -> Iterator[Finding]:
    """Look at who really answers: a program that inspects TLS shows a certificate of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(way.identity.certificate_file, way.identity.key_file)
    try:
        line = secure(connect(way.address, way.proxy), context, way.address)
    except DokueiError as error:
        only = "only TLS 1.3 is spoken: no device may take it apart"
        yield Finding("TLS", "bad", "{what}", only, _told(error))
        return
    with line:
        shown, version = line.getpeercert(binary_form=True), line.version()
    certificate = x509.load_der_x509_certificate(shown or b"")
    pinned = x509.load_pem_x509_certificate(way.identity.authority_file.read_bytes())
    if not _issued_by(certificate, pinned):
        yield Finding(
            "TLS",
            "bad",
            "somebody in between answers: the certificate is issued by {issuer}, not by the hub's {hub}",
            "exempt {address} from TLS inspection",
            {
                "issuer": repr(_name(certificate.issuer)),
                "hub": repr(_name(pinned.subject)),
                "address": way.address.authority,
            },
        )
        return
    values = {"version": version}
    yield Finding("TLS", "good", "{version}, the hub's own certificate, nobody in between", values=values)
    yield from _certificate_by_clock(certificate)


def _certificate_by_clock(shown: x509.Certificate) -> Iterator[Finding]:
    """The hub keeps its certificate good; where it is not good now, it is this machine's clock that is wrong."""
    if not shown.not_valid_before_utc <= now() <= shown.not_valid_after_utc:
        yield Finding(
            "clock",
            "bad",
            "it is {now} UTC here, and the hub's certificate is good from {since} to {until}",
            "let this machine set its clock by NTP; if the clock is right, tell the reading centre",
            {
                "now": f"{now():%Y-%m-%d %H:%M}",
                "since": f"{shown.not_valid_before_utc:%Y-%m-%d}",
                "until": f"{shown.not_valid_after_utc:%Y-%m-%d}",
            },
        )


def _hub(way: _Way) -> Iterator[Finding]:
    client = hub_client(way.settings)
    try:
        client.authority()
        yield _clock(client)
        client.offer(Offer(study_instance_uid="2.25.0", instances=[]))
    except PeerRefusedError as error:
        to_do = "{remedy}" if error.remedy else "ask the reading centre"
        yield Finding("hub", "bad", "{what}", to_do, _told(error))
    except DokueiError as error:
        yield Finding("hub", "bad", "{what}", "ask the reading centre", {"what": str(error)})
    else:
        yield Finding("hub", "good", "knows this gateway and takes its objects")
    finally:
        client.close()


def _clock(client: HubClient) -> Finding:
    offset = now() - parsedate_to_datetime(client.hub_date)
    values = {"seconds": f"{offset.total_seconds():+.0f}"}
    if abs(offset) > _CLOCK_BAD:
        far = "{seconds} s from the hub's: far off; forwarding goes on by the hub's clock"
        return Finding("clock", "warning", far, _BY_NTP, values)
    what = "{seconds} s from the hub's"
    if abs(offset) > _CLOCK_WARNING:
        return Finding("clock", "warning", what, _BY_NTP, values)
    return Finding("clock", "good", what, values=values)


def _certificate(identity: Identity) -> Finding:
    days = (identity.certificate().not_valid_after_utc - now()).days
    if days < 0:
        again = "ask for a code: dokuei gateway enrol --again"
        return Finding("certificate", "bad", "expired {days} days ago", again, {"days": -days})
    verdict: Verdict = "warning" if days < _DAYS_WARNING else "good"
    return Finding("certificate", verdict, "good for {days} days; it renews itself", values={"days": days})


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    values = {"free": f"{free / (1 << 30):.1f}"}
    if free < settings.gateway.keep_free_mb << 20:
        larger = "free space, or give the gateway a larger disk"
        return Finding("disk", "bad", "{free} GB free: senders are refused", larger, values)
    return Finding("disk", "warning" if free < _FREE_WARNING else "good", "{free} GB free", values=values)


def _timekeeping() -> Finding:
    """Whether a time server keeps this machine's clock (LOG-04); how far it is off is found by the hub's, below."""
    known = timekeeping.read()
    if known.state == "unknown":
        return Finding("time server", "warning", "not known: neither chrony nor the kernel says", _BY_NTP)
    values = {"source": known.source, "server": known.server}
    if known.state == "unsynchronised":
        return Finding("time server", "warning", "none keeps this clock, by {source}", _BY_NTP, values)
    if known.off_seconds is None:
        return Finding("time server", "good", "one keeps this clock, by {source}", values=values)
    values |= {"seconds": f"{known.off_seconds:.6f}"}
    return Finding("time server", "good", "{server} keeps this clock, {seconds} s off, by {source}", values=values)


def _congestion() -> Finding:
    """What paces uploads: where it takes each lost packet for a full line, a bad line is hardly used."""
    name = congestion_control()
    if name == "bbr":
        return Finding("TCP", "good", "bbr paces what is sent: lost packets do not slow it down")
    return Finding(
        "TCP",
        "warning",
        "{name} paces what is sent: the kernel gives no bbr, lost packets slow it down",
        "load the module tcp_bbr, and list bbr in net.ipv4.tcp_allowed_congestion_control",
        {"name": name or "?"},
    )


def _pacs(gateway: GatewaySettings) -> Finding:
    """Where signed reports go: that somebody listens there is seen; what it takes, only a report tells."""
    pacs = gateway.pacs
    if pacs is None:
        return Finding(
            "PACS", "warning", "none is set: signed reports stay at the hub", "set gateway.pacs: ae_title, host, port"
        )
    values: dict[str, object] = {"name": pacs.ae_title, "address": f"{pacs.host}:{pacs.port}"}
    try:
        socket.create_connection((pacs.host, pacs.port), _PACS_SECONDS).close()
    except OSError as error:
        return _unreached("PACS", values, error)
    listed = not gateway.peers or any(peer.ae_title == pacs.ae_title for peer in gateway.peers)
    if pacs.commitment != "off" and not listed:
        what = "{name} at {address} listens, and may not report on an association of its own that it keeps what it took"
        return Finding("PACS", "warning", what, "list {name} under gateway.peers", values)
    return Finding("PACS", "good", "{name} at {address} listens", values=values)


def _orders(hl7: Hl7Settings) -> Iterator[Finding]:
    """Beyond loopback nobody's orders are taken who is not listed, by both names."""
    if not hl7.port or hl7.loopback:
        return
    lists = {"sending_applications": hl7.sending_applications, "sending_facilities": hl7.sending_facilities}
    for name, listed in lists.items():
        if not listed:
            all_refused = "every order is refused: {name} is empty, and port {port} is open beyond this machine"
            to_do = "list the hospital's systems in [gateway.hl7] {name}"
            yield Finding("HL7", "bad", all_refused, to_do, {"name": name, "port": hl7.port})


def _his(results: ResultDestination | None) -> Iterator[Finding]:
    """Who is told of reports by HL7, where anybody is: the same."""
    if results is None:
        return
    values: dict[str, object] = {"name": results.application, "address": f"{results.host}:{results.port}"}
    try:
        socket.create_connection((results.host, results.port), _PACS_SECONDS).close()
    except OSError as error:
        yield _unreached("HL7", values, error)
        return
    yield Finding("HL7", "good", "{name} at {address} listens", values=values)


def _unreached(subject: str, values: Mapping[str, object], error: OSError) -> Finding:
    return Finding(
        subject,
        "bad",
        "{name} at {address} cannot be reached: {why}",
        "start it, or open the way from this machine to it",
        {**values, "why": error.strerror or type(error).__name__},
    )


def _issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(kind):
            return str(attribute.value)
    return name.rfc4514_string()


def firewall_request(settings: Settings) -> str:
    """What to ask the hospital's IT department for, in Japanese and English, ready to be sent."""
    enrolment = identity_of(settings.home).read()
    url = settings.gateway.hub_url or (enrolment.hub_url if enrolment else "")
    address = address_of(url) if url else Address("(hub)", 443)
    try:
        resolved = sorted(
            {str(i[4][0]) for i in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)}
        )
    except OSError:
        resolved = []
    values = {
        "source": socket.gethostname(),
        "host": address.host,
        "port": address.port,
        "addresses": ", ".join(resolved) or "-",
        "proxy": f"{proxy.host}:{proxy.port}" if (proxy := proxy_of(settings.gateway.proxy)) else "-",
    }
    return _REQUEST.format(**values)


_REQUEST = """\
ファイアウォール設定のお願い(読影ゲートウェイ)
  通信元        {source}(院内の読影ゲートウェイ 1 台)
  通信先        {host}(現在の IP アドレス: {addresses})
  ポート        TCP {port}(院内から外への通信のみ。外から院内への通信は不要です)
  プロトコル    TLS 1.3、双方の電子証明書で相互認証します
  プロキシ      {proxy}(使う場合は {host}:{port} への CONNECT を許可してください)
  お願い        この通信先を TLS 検査(復号・SSL インスペクション)の対象から外してください。
                中継機器の証明書では接続しません。DNS で {host} を引けるようにしてください。
  時刻          NTP で時刻を合わせられるようにしてください。

Firewall request (reading gateway)
  from          {source} (one machine in the hospital: the reading gateway)
  to            {host} (addresses at present: {addresses})
  port          TCP {port}, outbound only; nothing comes in from outside
  protocol      TLS 1.3 with certificates on both sides
  proxy         {proxy} (where one is used: allow CONNECT to {host}:{port})
  please        exempt this destination from TLS inspection: the gateway does not accept another
                device's certificate. Let DNS answer for {host}.
  clock         let the machine set its clock by NTP
"""
