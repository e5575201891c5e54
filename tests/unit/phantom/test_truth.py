from dokuei.phantom import women
from dokuei.phantom.truth import Sighting, finding


def test_finding_reads_as_a_reader_would_say_it() -> None:
    said = finding(women.SCREENED.lesions[0])

    assert (said["laterality"], said["clock"], said["category"]) == ("L", 1.5, "5")
    assert said["diameter_mm"] == 15.0


def test_sighting_is_rounded_for_people() -> None:
    value = Sighting("m", "MR", "1", "2", "3", 10.123456, 20.98765, measures={"suv": 1.23456789}).to_json()

    assert (value["row"], value["column"]) == (10.12, 20.99)
    assert value["measures"] == {"suv": 1.2346}
    assert value["position"] is None
