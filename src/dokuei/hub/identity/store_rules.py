"""The rules that an administrator of the centre has set, in SQL."""

from sqlalchemy import Connection, delete, insert, select

from dokuei.clock import now
from dokuei.hub.identity.model import CentreRules, PasswordForm
from dokuei.hub.identity.tables_rights import centre_rules

_FIELDS = tuple(CentreRules.__dataclass_fields__)


def present(connection: Connection) -> CentreRules | None:
    """What was set last; None where nobody has."""
    row = connection.execute(select(centre_rules)).one_or_none()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _FIELDS}
    return CentreRules(**{**values, "password_form": PasswordForm(row.password_form)})


def put(connection: Connection, rules: CentreRules, *, actor: str) -> None:
    """What holds from now on; what held before stands in the trail."""
    connection.execute(delete(centre_rules))
    values = {name: getattr(rules, name) for name in _FIELDS}
    connection.execute(insert(centre_rules).values(id=1, **values, set_at=now(), set_by=actor))
