"""The centre's own rules: what the guideline takes or stricter, never weaker (AUTH-02, AUTH-11, AUTH-15)."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from dokuei.clock import now
from dokuei.errors import ConfigurationError, RequestError
from dokuei.hub.identity import store_rules
from dokuei.hub.identity.model import CentreRules, PasswordForm
from dokuei.hub.identity.policy import PasswordPolicy
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

LONGEST_PASSWORD_DEMANDED: Final = 64
LONGEST_IDLE_MINUTES: Final = 60
LONGEST_DORMANT_DAYS: Final = 90
LONGEST_PASSWORD_DAYS: Final = 60
_PHASE = "setting the centre's rules"


@dataclass(frozen=True)
class Rules:
    """The verbs on the centre's rules; ``unset`` holds until an administrator has set some."""

    database: Database
    unset: CentreRules

    def present(self) -> CentreRules:
        """What holds now."""
        with self.database.read() as connection:
            return store_rules.present(connection) or self.unset

    def policy(self) -> PasswordPolicy:
        """What a password must be now."""
        return policy_of(self.present())

    def is_too_old(self, set_at: datetime) -> bool:
        """Whether a password that was set then must be changed before it opens anything."""
        rules = self.present()
        return rules.password_form is PasswordForm.CHANGED and now() - set_at > timedelta(days=rules.password_days)

    def put(self, wanted: CentreRules, *, actor: str) -> CentreRules:
        """What holds from now on.

        Raises:
            RequestError: weaker than the guideline takes.
        """
        checked(wanted)
        with self.database.begin() as connection:
            before = store_rules.present(connection, lock=True) or self.unset
            store_rules.put(connection, wanted, actor=actor)
            changed = {name: value for name, value in asdict(wanted).items() if value != getattr(before, name)}
            hub_trail.append(connection, actor=actor, event="centre.rules-set", details=changed)
        return wanted


def policy_of(rules: CentreRules) -> PasswordPolicy:
    """The password policy of these rules.

    Raises:
        ConfigurationError: weaker than the guideline takes.
    """
    form = rules.password_form
    return PasswordPolicy(
        minimum_length=rules.password_length,
        mixed=form is PasswordForm.LONG,
        second_factor=form is PasswordForm.SECOND_FACTOR,
        change_days=rules.password_days if form is PasswordForm.CHANGED else None,
    )


def checked(rules: CentreRules) -> CentreRules:
    """Refuse rules that the guideline does not take.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    try:
        policy_of(rules)
    except ConfigurationError as error:
        wrong = f"{error.what}: {error.remedy}"
    if rules.password_length > LONGEST_PASSWORD_DEMANDED:
        wrong = f"a password of more than {LONGEST_PASSWORD_DEMANDED} letters is not demanded"
    elif not 1 <= rules.password_days <= LONGEST_PASSWORD_DAYS:
        wrong = f"passwords are changed after 1 to {LONGEST_PASSWORD_DAYS} days"
    elif not 1 <= rules.idle_lock_minutes <= LONGEST_IDLE_MINUTES:
        wrong = f"pages lock after 1 to {LONGEST_IDLE_MINUTES} minutes"
    elif not 1 <= rules.dormant_days <= LONGEST_DORMANT_DAYS:
        wrong = f"accounts are dormant after 1 to {LONGEST_DORMANT_DAYS} days"
    if wrong:
        raise RequestError(wrong, phase=_PHASE)
    return rules
