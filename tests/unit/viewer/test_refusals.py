"""What a gateway may refuse has words in the portal's catalogues: codes are told to the hub, sentences are not."""

import json
from pathlib import Path

import pytest

import dokuei
from dokuei.errors import AdmissionError, ConflictError, DokueiError, OtherContentError, ProofError

_CATALOGUES = Path(dokuei.__file__).parents[2] / "viewer" / "src" / "i18n"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_code_of_a_refused_object_has_words(language: str) -> None:
    words = json.loads((_CATALOGUES / language / "gateways.json").read_text(encoding="utf-8"))["refused"]
    admission = [kind for kind in AdmissionError.__subclasses__() if kind.__module__ == "dokuei.errors"]
    kinds: list[type[DokueiError]] = [*admission, ConflictError, OtherContentError, ProofError]
    assert {kind.code for kind in kinds} | {"other"} == set(words)
