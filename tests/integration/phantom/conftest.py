"""One small set of all cases for the tests that read files."""

import pytest

from dokuei import phantom


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> phantom.PhantomSet:
    """All cases in tiny matrices."""
    return phantom.make_small(tmp_path_factory.mktemp("phantom"))
