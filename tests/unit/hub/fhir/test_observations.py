"""How a report stands follows from its latest version."""

from dokuei.hub.fhir.observations import status_of


def test_each_kind_of_version_has_its_status() -> None:
    """REPORT-02 REPORT-12: preliminary, final, amended, and entered in error where it was withdrawn."""
    kinds = ("preliminary", "original", "amendment", "withdrawal", "something")
    assert [status_of(one) for one in kinds] == ["preliminary", "final", "amended", "entered-in-error", "unknown"]
