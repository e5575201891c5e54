import inspect
import re

import pytest

from dokuei import errors
from dokuei.errors import DokueiError

_CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, DokueiError)]


@pytest.mark.parametrize("cls", _CLASSES, ids=lambda cls: cls.__name__)
def test_each_error_stands_in_the_drawn_tree_and_has_its_doors(cls: type[DokueiError]) -> None:
    assert re.search(rf"\b{cls.__name__}\b", errors.__doc__ or "")
    assert 400 <= cls.http_status < 600
    assert 0x0100 <= cls.dimse_status <= 0xCFFF


def test_codes_are_unique_so_that_a_client_can_tell_problems_apart() -> None:
    assert len({cls.code for cls in _CLASSES}) == len(_CLASSES)


def test_a_problem_says_what_where_and_what_now() -> None:
    problem = errors.DiskFullError("no room", phase="storing", remedy="free space").problem()
    assert problem == {
        "type": "urn:dokuei:problem:disk-full",
        "title": "disk full",
        "status": 507,
        "detail": "no room",
        "phase": "storing",
        "remedy": "free space",
    }
