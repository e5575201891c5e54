"""The forms that the lists make: one for each method, and one for a study that two methods made together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dokuei.hub.reports.structure import SIDES

Word = Mapping[str, Any]
_SIDED = {"right": ("右 ", " (right)"), "left": ("左 ", " (left)")}
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
    return {**form, "methods": [method], "facts": list(_facts(form["facts"])), "kinds": kinds}


def applies(attribute: Word, facts: Mapping[str, str]) -> bool:
    """Whether a list or a figure belongs to a report whose other facts are these, as its purpose or its side."""
    return all(facts.get(name) in values for name, values in attribute.get("when", {}).items())


def _facts(facts: Iterable[Word]) -> Iterator[Word]:
    """What is asked of a breast by itself becomes a fact of each, wherever that breast is concerned."""
    for fact in facts:
        if not fact.get("sides"):
            yield fact
            continue
        for side in SIDES:
            ja, en = _SIDED[side]
            named = {"name": f"{fact['name']}_{side}", "ja": f"{ja}{fact['ja']}", "en": f"{fact['en']}{en}"}
            when = {**fact["when"], "index": [side, "both"]}
            yield {**fact, **named, "when": when, "side": side, "named": fact["name"], "meaning": fact["en"]}


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
