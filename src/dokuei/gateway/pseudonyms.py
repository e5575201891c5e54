"""Whether patients' true identity may go to the hub, as the site has chosen; where it may not, nothing goes.

Coding under pseudonyms (PS3.15 Annex E) belongs here as a ``Rename`` of the pipeline; until it is built, a site that
wants pseudonyms keeps its images in the hospital, and staff sees why.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dokuei.errors import ConfigurationError
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.pipeline import Rename
from dokuei.gateway.spool import Received
from dokuei.transfer.protocol import IdentityMode


def true_identity_only(home: Path) -> Rename:
    """The pipeline's step where pseudonyms are given: the original itself, or a refusal to code it at all."""

    def rename(item: Received, _renamed: Path) -> Path:
        demand_true_identity(home)
        return item.path

    return rename


def guard(home: Path) -> Callable[[], None]:
    """The same question once more before anything is offered: the site may have chosen since it was coded."""
    return lambda: demand_true_identity(home)


def demand_true_identity(home: Path) -> None:
    """Let true identities pass only where the site has chosen them.

    Raises:
        ConfigurationError: it wants pseudonyms.
    """
    enrolment = identity_of(home).read()
    if enrolment is not None and enrolment.identity_mode != "true":
        raise ConfigurationError(
            "this site wants pseudonyms, which this version does not make: nothing is sent",
            phase="naming patients",
            remedy="the images stay here; set the site's identity mode to true at the hub, or wait for a newer version",
        )


def heed(home: Path, wanted: IdentityMode) -> None:
    """Take over what the site has chosen at the hub."""
    identity = identity_of(home)
    enrolment = identity.demand()
    if enrolment.identity_mode != wanted:
        identity.write(replace(enrolment, identity_mode=wanted))
