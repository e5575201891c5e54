from dataclasses import replace

from dokuei.dicom.coded import CodedInstance
from dokuei.hub.gateways.intake import Holdings

ONE = CodedInstance(
    sop_instance_uid="1.2.3.1",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.4",
    series_instance_uid="1.2.3.2",
    study_instance_uid="1.2.3",
    source_transfer_syntax_uid="1.2.840.10008.1.2.1",
    transfer_syntax_uid="1.2.840.10008.1.2.4.202",
    source_sha256="a" * 64,
    sha256="b" * 64,
    size=10,
    content_digest="c" * 64,
    frames=(),
    proof="proved",
    reason="",
    lossy=None,
)


def test_what_was_proved_since_the_archive_was_asked_counts_as_held() -> None:
    """A gateway that comes back within seconds is not asked for what it has just brought."""
    holdings, asked = Holdings(), []

    def ask(site_id: str, study_instance_uid: str) -> dict[str, str]:
        asked.append((site_id, study_instance_uid))
        return {"1.2.3.9": "d"}

    assert holdings.of("kita", "1.2.3", ask) == {"1.2.3.9": "d"}
    holdings.note("kita", [ONE])
    assert holdings.of("kita", "1.2.3", ask) == {"1.2.3.9": "d", "1.2.3.1": "c" * 64}
    assert asked == [("kita", "1.2.3")]


def test_what_one_site_brought_counts_for_no_other_site_and_no_other_study() -> None:
    holdings = Holdings()
    for site_id, study in (("kita", "1.2.3"), ("minami", "1.2.3"), ("kita", "1.2.4")):
        holdings.of(site_id, study, lambda _site, _study: {})
    holdings.note("kita", [ONE, replace(ONE, study_instance_uid="1.2.9")])
    assert holdings.of("minami", "1.2.3", lambda _site, _study: {}) == {}
    assert holdings.of("kita", "1.2.4", lambda _site, _study: {}) == {}
