"""The forms that the lists make: one for each method, and one for a study that two methods made together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Word = Mapping[str, Any]
_METHODS = {"MG": "MG", "US": "US", "IVUS": "US", "MR": "MR", "PT": "PT"}


def forms_of(document: Word) -> dict[str, Word]:
    """Every form by its name; each kind of finding says of which method it is, and what it takes."""
    alone = {method: _alone(method, form) for method, form in document["methods"].items()}
    return alone | {name: _together(joined, alone) for name, joined in document["together"].items()}


def offered(forms: Mapping[str, Word], modalities: Iterable[str]) -> tuple[str, ...]:
    """The forms that fit a study, the one first that takes all that is in it; none where its modalities have none."""
    there = {_METHODS[one] for one in modalities if one in _METHODS}
    fitting = [name for name, form in forms.items() if there.issuperset(form["methods"])]
    return tuple(sorted(fitting, key=lambda name: -len(forms[name]["methods"])))


def _alone(method: str, form: Word) -> Word:
    taken = {"method": method, "places": form["places"], "sizes": form["sizes"]}
    taken |= {"distance": form.get("distance", False), "scales": {scale: scale for scale in form["scales"]}}
    kinds = [{**kind, **taken, "of_method": kind["value"]} for kind in form["kinds"]]
    return {**form, "methods": [method], "kinds": kinds}


def _together(joined: Word, alone: Mapping[str, Word]) -> Word:
    """Kinds keep their lists and take their method into their names; breasts are judged as the first method has it."""
    parts = [alone[method] for method in joined["methods"]]
    return {
        **joined,
        "scales": parts[0]["scales"],
        "facts": [fact for part in parts for fact in part["facts"]],
        "kinds": [kind for part in parts for kind in _named(part, joined, parts[0]["scales"])],
    }


def _named(part: Word, joined: Word, scales: Iterable[str]) -> Iterator[Word]:
    for kind in part["kinds"]:
        method = kind["method"]
        value = f"{method}.{kind['value']}"
        given = {scale: scale if scale in kind["scales"] else f"{scale}_{method.lower()}" for scale in scales}
        yield {**kind, "value": value, "scales": given, "key": joined["keys"].get(value, kind["key"])}
