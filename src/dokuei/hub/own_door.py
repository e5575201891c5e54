"""The hub's readers' door as a browser finds it: over a connection, by its name, with the certificate that it shows."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.settings import HubSettings
from dokuei.settings.section import in_url

_SECONDS: Final = 30.0  # less than a gateway waits for us
_PHASE: Final = "asking the readers' door"


@dataclass(frozen=True)
class ReadersDoor:
    """``authority`` is the home's own, which certifies the door where no other certificate is given."""

    settings: HubSettings
    authority: Path

    def get(self, path: str, *, token: str, accept: str) -> bytes:
        """What a program with this token is answered.

        Raises:
            UnreachableError: nobody answers there, or not with a certificate for the hub's name.
            PeerRefusedError: it answers something else.
        """
        hub = self.settings
        scheme = "https" if hub.serves_tls else "http"
        headers = {"Authorization": f"Bearer {token}", "Accept": accept, "Host": httpx.URL(hub.url).netloc.decode()}
        named = {"sni_hostname": hub.public_name or hub.host} if hub.serves_tls else {}
        address = f"{scheme}://{in_url(hub.own_address)}:{hub.port}{path}"
        try:
            with httpx.Client(verify=self._trusted(), trust_env=False, timeout=_SECONDS) as client:
                answer = client.get(address, headers=headers, extensions=named)
        except httpx.HTTPError as error:
            raise UnreachableError(f"the readers' door does not answer: {error}", phase=_PHASE) from error
        if answer.status_code != httpx.codes.OK:
            raise PeerRefusedError(f"the readers' door answers {answer.status_code}", phase=_PHASE)
        return answer.content

    def _trusted(self) -> ssl.SSLContext:
        """Who may have certified it: the world, the home's authority, or the very chain that it was given."""
        context = ssl.create_default_context()
        if self.settings.serves_tls:
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.load_verify_locations(self.settings.certificate or self.authority)
        return context
