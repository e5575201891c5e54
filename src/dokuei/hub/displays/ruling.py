"""What the centre asks of displays, and what each site is content with beside mammography."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dokuei.clock import now
from dokuei.display.limits import OTHER_GRADES, Grade
from dokuei.errors import RequestError
from dokuei.hub.displays import store
from dokuei.hub.displays.model import Rules, checked_rules
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Ruling:
    """The verbs on rules; who may say them is settled at the door."""

    database: Database

    def present(self) -> Rules:
        """What holds now."""
        with self.database.read() as connection:
            return store.present_rules(connection)

    def put(self, wanted: Rules, *, actor: str, name: str) -> Rules:
        """What holds from now on; ``name`` is who decided, and stands in reports where it is a waiver.

        Raises:
            RequestError: weaker than the guideline takes, or a waiver without a reason.
        """
        reason = wanted.reason.strip() if wanted.mode == "off" else ""
        new = replace(checked_rules(wanted), reason=reason, set_at=now(), set_by_name=name[:200])
        with self.database.begin() as connection:
            store.put_rules(connection, new, actor=actor)
            hub_trail.append(
                connection,
                actor=actor,
                event="display.rules-set",
                details={
                    "mode": new.mode,
                    "reason": new.reason,
                    "months_mammography": new.months_mammography,
                    "months_other": new.months_other,
                },
            )
        return new

    def grades(self, site_id: str) -> dict[str, Grade]:
        """What each modality takes at a site, said there or not."""
        with self.database.read() as connection:
            return {**OTHER_GRADES, **store.grades(connection, site_id)}

    def put_grades(self, site_id: str, wanted: Mapping[str, Grade], *, actor: str) -> dict[str, Grade]:
        """What a site is content with from now on.

        Raises:
            RequestError: a modality that has no grade of its own here; mammography's is nobody's to choose.
        """
        if unknown := wanted.keys() - OTHER_GRADES.keys():
            raise RequestError(f"no grade is set for: {', '.join(sorted(unknown))[:100]}", phase="grades of displays")
        with self.database.begin() as connection:
            store.put_grades(connection, site_id, wanted)
            hub_trail.append(
                connection,
                actor=actor,
                event="display.grades-set",
                site_id=site_id,
                details=dict(sorted(wanted.items())),
            )
        return self.grades(site_id)
