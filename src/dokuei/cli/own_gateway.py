"""The gateway that runs in the same home as its hub: joined at the first start, and again where the hub forgot it."""

import dataclasses
import socket

from dokuei.gateway.enrol import Identity, enrol, identity_of
from dokuei.settings import Settings

_ACTOR = "system"


def belongs_elsewhere(settings: Settings) -> bool:
    """Whether this home's gateway is enrolled with another hub than this home's."""
    identity = identity_of(settings.home)
    return identity.read() is not None and not _pins_own_hub(settings, identity)


def is_joined(settings: Settings) -> bool:
    """Whether this home's gateway needs no enrolment: it belongs to another hub, or this home's hub knows it."""
    from dokuei.hub.gateways import store
    from dokuei.hub.prepare import open_stores

    identity = identity_of(settings.home)
    enrolment = identity.read()
    if enrolment is None:
        return False
    if not _pins_own_hub(settings, identity):
        return True
    database = open_stores(settings).database
    try:
        with database.read() as connection:
            return store.find(connection, enrolment.gateway_id) is not None
    finally:
        database.close()


def join_own_gateway(settings: Settings) -> None:
    """Enrol through the same one-time code as any other gateway, at the site that it was of, if it was of one."""
    from dokuei.hub.app import open_hub
    from dokuei.hub.sites.model import Site

    before = identity_of(settings.home).read()
    first = Site(site_id="hospital", name="病院", name_en="Hospital")
    if before is not None:
        first = dataclasses.replace(first, site_id=before.site_id)
    hub = open_hub(settings)
    try:
        known = {site.site_id: site for site in hub.sites.every()}
        if before is not None and before.site_id not in known:
            known = {}
        site = known.get(first.site_id) or next(iter(known.values()), None) or hub.sites.add(first, actor=_ACTOR)
        code = hub.gateways.invite(site.site_id, actor=_ACTOR, name=socket.gethostname())
    finally:
        hub.stores.database.close()
    # The hub is in this machine; a gateway that later goes another way (a relay, a proxy) is not asked here.
    direct = settings.gateway.model_copy(update={"hub_url": settings.hub.own_gateway_url, "proxy": ""})
    enrol(settings.model_copy(update={"gateway": direct}), code, name=socket.gethostname(), replace=True)


def _pins_own_hub(settings: Settings, identity: Identity) -> bool:
    own = settings.home / "pki" / "ca.pem"
    return own.exists() and own.read_bytes() == identity.authority_file.read_bytes()
