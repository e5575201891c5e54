"""API tokens: for programs that speak DICOMweb; shown once, kept as a hash, bound to one site and one scope."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.identity import store_access
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.model import Scope
from dokuei.hub.identity.secrets import new_secret
from dokuei.hub.identity.store_access import ApiToken
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Tokens:
    """The verbs on API tokens."""

    database: Database
    access: Access

    def create(
        self, *, scope: Scope, site_id: str | None, label: str, actor: str, expires_on: date | None = None
    ) -> str:
        """Make a token and return its secret, which nobody can see again.

        Raises:
            RequestError: several sites and none named.
            NotFoundError: no such site.
        """
        secret = f"dokuei_{new_secret()}"
        with self.database.begin() as connection:
            chosen = self._chosen_site(connection, site_id)
            token_id = store_access.add_token(
                connection,
                secret,
                scope=scope,
                site_id=chosen,
                label=label or scope.value,
                actor=actor,
                expires_on=expires_on,
            )
            hub_trail.append(
                connection,
                actor=actor,
                event="token.created",
                site_id=chosen,
                subject=token_id,
                details={"scope": scope.value},
            )
        return secret

    def every(self) -> tuple[ApiToken, ...]:
        """All tokens, the latest first."""
        with self.database.read() as connection:
            return store_access.tokens(connection)

    def revoke(self, token_id: str, *, actor: str) -> None:
        """End a token.

        Raises:
            NotFoundError: no such token, or ended already.
        """
        with self.database.begin() as connection:
            if not store_access.revoke_token(connection, token_id):
                raise NotFoundError("no such token", phase="revoking a token")
            hub_trail.append(connection, actor=actor, event="token.revoked", subject=token_id)
        self.access.forget_all()

    def _chosen_site(self, connection: Connection, site_id: str | None) -> str:
        known = sorted(self.access.site_names(connection))
        if site_id is not None and site_id not in known:
            raise NotFoundError(f"no site {site_id}", phase="making a token", remedy=f"known: {', '.join(known)}")
        if site_id is None and len(known) != 1:
            raise RequestError(
                "there are several sites" if known else "no site yet",
                phase="making a token",
                remedy=f"name one with --site: {', '.join(known)}" if known else "make a site first",
            )
        return site_id or known[0]
