"""What a site is."""

import pytest

from dokuei.errors import RequestError
from dokuei.hub.sites.model import LONGEST_TERM, Site, checked


@pytest.mark.parametrize(
    "wrong",
    [
        Site("", "北"),
        Site("Kita", "北"),
        Site("ki ta", "北"),
        Site("-kita", "北"),
        Site("../kita", "北"),
        Site("k" * 65, "北"),
        Site("kita", "  "),
        Site("kita", "北", identity_mode="secret"),  # type: ignore[arg-type] # what a command line may bring
    ],
)
def test_a_site_that_could_not_stand_in_addresses_and_contracts_is_refused(wrong: Site) -> None:
    with pytest.raises(RequestError):
        checked(wrong)


@pytest.mark.parametrize("days", [0, -1, LONGEST_TERM + 1])
def test_a_term_of_images_is_a_number_of_days_that_can_pass(days: int) -> None:
    with pytest.raises(RequestError, match="kept for"):
        checked(Site("kita", "北病院", keep_days=days))
    assert checked(Site("kita", "北病院", keep_days=1)).keep_days == 1
    assert Site("kita", "北病院").keep_days is None
