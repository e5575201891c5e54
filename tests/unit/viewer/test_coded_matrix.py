"""What the viewer's decoder is tested with is what today's encoder makes."""

import json

from tests.makers.coded_matrix import FIXTURE, matrix


def test_the_viewers_codestreams_are_those_of_the_present_encoder() -> None:
    """IMG-01: the wasm decoder is tested (vitest) on the codestreams that we store, not on those of last year."""
    assert json.loads(FIXTURE.read_text()) == matrix(), "run python -m tests.makers.coded_matrix"
