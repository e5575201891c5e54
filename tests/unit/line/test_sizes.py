"""What studies weigh: learnt from those that are stored, assumed while they are too few."""

import pytest

from dokuei.line.sizes import ASSUMED, KINDS, StudySize, learnt, shares, sizes_of


def test_the_median_and_the_one_that_nine_of_ten_do_not_exceed() -> None:
    """NET-20: real bytes for each kind."""
    found = learnt([StudySize(4, megabytes * 10**6) for megabytes in (9, 1, 5, 3, 2, 4, 6, 8, 7, 50)])
    assert found is not None
    assert (found.typical.bytes, found.large.bytes, found.studies) == (5_000_000, 9_000_000, 10)


def test_a_few_studies_say_nothing_yet() -> None:
    sizes = sizes_of({"mri": [StudySize(10, 1)] * 4, "ultrasound": [StudySize(10, 7)] * 5})
    assert sizes["mri"] == ASSUMED["mri"]
    assert sizes["ultrasound"].typical.bytes == 7
    assert list(sizes) == list(KINDS)


@pytest.mark.parametrize(
    ("length", "ends", "side", "expected"),
    [
        (4_000_000, (1_000, 10_000, 90_000, 300_000, 1_000_000, 4_000_000), 4096, (90_000, 300_000)),
        (4_000_000, (), 4096, (4_000_000, 4_000_000)),
        (200_000, (500, 2_000, 16_000, 54_000, 200_000), 512, (16_000, 16_000)),
        (20_000, (20_000,), 64, (20_000, 20_000)),
    ],
    ids=["a mammogram, from an eighth on", "one that does not come by resolution", "a slice", "a tiny one"],
)
def test_the_first_picture_of_a_frame_is_the_coarsest_worth_looking_at(
    length: int, ends: tuple[int, ...], side: int, expected: tuple[int, int]
) -> None:
    first, coarse = shares(length, ends, side)
    assert (round(first * length), round(coarse * length)) == expected
