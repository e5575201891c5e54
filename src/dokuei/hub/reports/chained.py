"""What the audit trail chained when each version was signed: preliminary, final, amended or withdrawn."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from dokuei.hub.reports.model import VERSION_EVENTS
from dokuei.storage.audit import hub_trail


@dataclass(frozen=True)
class Chained:
    """One entry; its ``details`` hold the digests of text, evidence and sealed file."""

    site_id: str | None
    subject: str | None
    details: Mapping[str, Any]


def chained_versions(connection: Connection) -> dict[tuple[str, int], Chained]:
    """Report and number → what the trail tells of that version."""
    found = {}
    for event in sorted(set(VERSION_EVENTS.values())):
        for entry in hub_trail.named(connection, event):
            details = json.loads(entry.details)
            found[details["report_id"], details["version"]] = Chained(entry.site_id, entry.subject, details)
    return found


def restamped_files(connection: Connection) -> dict[str, tuple[str, int]]:
    """SHA-256 of each file that was stamped anew → report and number: what was delivered once is ours for ever."""
    told = (json.loads(entry.details) for entry in hub_trail.named(connection, "report.restamped"))
    return {one["sha256"]: (one["report_id"], one["version"]) for one in told}
