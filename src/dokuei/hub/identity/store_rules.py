"""The rules that an administrator of the centre has set, in SQL."""

from sqlalchemy import Connection, select

from dokuei.clock import now
from dokuei.hub.identity.model import CentreRules, PasswordForm
from dokuei.hub.identity.tables_rights import centre_rules
from dokuei.storage.rows import put_row

_FIELDS = tuple(CentreRules.__dataclass_fields__)


def present(connection: Connection, *, lock: bool = False) -> CentreRules | None:
    """What was set last; None where nobody has. ``lock`` lets those who set them queue."""
    asked = select(centre_rules)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _FIELDS}
    return CentreRules(**{**values, "password_form": PasswordForm(row.password_form)})


def put(connection: Connection, rules: CentreRules, *, actor: str) -> None:
    """What holds from now on; what held before stands in the trail."""
    values = {name: getattr(rules, name) for name in _FIELDS}
    put_row(connection, centre_rules, id=1, **values, set_at=now(), set_by=actor)
