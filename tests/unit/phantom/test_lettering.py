import numpy as np

from dokuei.phantom import lettering


def test_letters_are_drawn_where_they_are_wanted() -> None:
    image = np.zeros((40, 200), dtype=np.uint8)

    lettering.write(image, "R 10:00", 4, 6, size=2, level=200)

    assert image[:, :6].sum() == 0
    assert image[4:18, 6:16].max() == 200
    assert image[20:].sum() == 0


def test_letters_that_do_not_fit_are_cut() -> None:
    image = np.zeros((8, 8), dtype=np.uint8)

    lettering.write(image, "WWW", 4, 4, size=2)

    assert image[:4].sum() == 0
    assert image[4:, 4:].sum() > 0


def test_ruler_has_a_long_tick_each_centimetre() -> None:
    image = np.zeros((450, 60), dtype=np.uint8)

    lettering.depth_scale(image, 10, 5, 100.0, 4.0)

    assert (image[210, 5:15] > 0).all()
    assert (image[260, 5:10] > 0).all()
    assert image[260, 11:15].sum() == 0
