"""What every section of the settings has, and what several of them demand."""

import ipaddress
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Frozen, and a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def demand_both_or_neither(certificate: Path | None, private_key: Path | None) -> None:
    """One without the other would quietly be passed over for a certificate of our own."""
    if (certificate is None) != (private_key is None):
        raise ValueError("certificate and private_key belong together: set both or neither")


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as it is written; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_from_here(address: str, host: str) -> bool:
    """Whether a connection to ``host`` comes from this machine: by loopback, or from the address that it listens at."""
    found = address_of(address)
    return found is not None and (found.is_loopback or found == address_of(host))


def in_url(host: str) -> str:
    """IPv6 addresses stand in brackets (RFC 3986 3.2.2)."""
    return f"[{host}]" if ":" in host else host
