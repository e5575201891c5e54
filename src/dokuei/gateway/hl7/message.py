"""An HL7 v2 message as segments, fields, repetitions, components and subcomponents (HL7 v2.5 chapter 2).

A library splits it. Escape sequences are ours: the library logs the texts that it cannot resolve, which are patients'.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import hl7

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.charset import SEGMENT_END, Charset, charset_of

REQUIRED: Final = 101
SEGMENT_MISSING: Final = 100
WRONG_TYPE: Final = 102
NOT_IN_TABLE: Final = 103
MESSAGE_TYPE: Final = 200
EVENT: Final = 201
PROCESSING: Final = 202
VERSION: Final = 203
INTERNAL: Final = 207

_HEAD: Final = b"MSH"
_SEPARATORS: Final = re.compile(r"MSH([^\w\s])([^\w\s]{4})#?\1")
_MOST_PARTS: Final = 50_000
_DELETE: Final = '""'
_WRITTEN: Final = {"|": "F", "^": "S", "&": "T", "~": "R", "\\": "E"}
_NEW_LINE: Final = re.compile(r"\r\n|\r|\n")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

Component = tuple[str, ...]
Repetition = tuple[Component, ...]


@dataclass(frozen=True)
class Segment:
    """One segment; fields, components and subcomponents are counted from 1, as HL7 does, texts are unescaped."""

    name: str
    fields: tuple[tuple[Repetition, ...], ...]
    separators: str

    def repetitions(self, field: int) -> tuple[Repetition, ...]:
        """Those of a field that hold anything."""
        found = self.fields[field] if field < len(self.fields) else ()
        return tuple(one for one in found if any(any(component) for component in one))

    def text(self, field: int, component: int = 1, subcomponent: int = 1) -> str:
        """A part of the field's first repetition; empty where it is not there, or is to be deleted."""
        found = self.repetitions(field)
        return part(found[0], component, subcomponent) if found else ""

    def whole(self, field: int) -> str:
        """A text field as its sender wrote it, with delimiters that were not escaped; a line for each repetition."""
        component, sub = self.separators[1], self.separators[4]
        lines = [component.join(sub.join(one) for one in repetition) for repetition in self.repetitions(field)]
        return "\n".join(lines).strip()


@dataclass(frozen=True)
class Message:
    """A message that could be split; the first segment is MSH."""

    segments: tuple[Segment, ...]
    charset: Charset

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def named(self, name: str) -> tuple[Segment, ...]:
        """All segments of a name."""
        return tuple(segment for segment in self.segments if segment.name == name)


def part(repetition: Repetition, component: int, subcomponent: int = 1) -> str:
    """One subcomponent, without blanks around it."""
    if component > len(repetition) or subcomponent > len(repetition[component - 1]):
        return ""
    found = repetition[component - 1][subcomponent - 1].strip()
    return "" if found == _DELETE else found


def read_message(data: bytes, *, default: str) -> Message:
    """A message out of its bytes; ``default`` is the character set of messages that declare none.

    Raises:
        Hl7Error: it is none, or cannot be read in the character set that it declares.
    """
    if not data.lstrip().startswith(_HEAD):
        raise _no_message("a message that does not begin with MSH")
    charset = charset_of(_declared(data), default=default)
    text = _NEW_LINE.sub(SEGMENT_END, charset.decode(data)).strip(" \t\0" + SEGMENT_END)
    return Message(tuple(_segments(text, charset)), charset)


def read_header(data: bytes) -> Segment | None:
    """MSH of a message that could not be read, as far as it is ASCII: for the answer and for staff's list."""
    text = _NEW_LINE.split(data.lstrip()[:4096].decode("ascii", "replace"), maxsplit=1)[0]
    try:
        return next(_segments(text, Charset("ascii")))
    except Hl7Error:
        return None


def _declared(data: bytes) -> str:
    """MSH-18, found before it is known how to read; kanji in the fields before it hide no delimiter."""
    line = re.split(rb"[\r\n]", data.lstrip(), maxsplit=1)[0]
    plain = re.sub(rb"\x1b\$[@B].*?(\x1b\([BJ]|$)", b"", line).decode("latin-1")
    fields = plain.split(plain[3:4] or "|")
    return fields[17].strip() if len(fields) > 17 else ""  # noqa: PLR2004 - MSH-18; MSH-1 is the separator itself


def _segments(text: str, charset: Charset) -> Iterator[Segment]:
    begins = _SEPARATORS.match(text) or _SEPARATORS.match(f"{text}|" if text.count("|") == 1 else "")
    if begins is None or len({*begins[1], *begins[2]}) != 5:  # noqa: PLR2004 - the five delimiters
        raise _no_message("MSH without the delimiters that every message begins with", location="MSH-2")
    delimiters = begins[1] + begins[2]
    if sum(text.count(mark) for mark in delimiters + SEGMENT_END) > _MOST_PARTS:
        raise _no_message(f"a message of more than {_MOST_PARTS} parts")
    lines = [line for line in text.split(SEGMENT_END) if line.strip()]
    try:
        split = hl7.parse(SEGMENT_END.join(lines))
    except (hl7.HL7Exception, IndexError, AssertionError, ValueError) as error:
        raise _no_message("a message that cannot be split into segments") from error
    unescape = _Unescape(delimiters, charset)
    for segment in split:
        name = str(segment[0]).strip()
        fields = [_field(one) for one in segment]
        if name == _HEAD.decode():
            yield Segment(name, tuple(fields), delimiters)
        else:
            yield Segment(name, tuple(_unescaped(one, unescape) for one in fields), delimiters)


def _field(field: Any) -> tuple[Repetition, ...]:
    """The library leaves out every level that a field does not need; here each is there."""
    return tuple(_repetition(one) for one in field) if isinstance(field, hl7.Field) else (((str(field),),),)


def _repetition(one: Any) -> Repetition:
    return tuple(_component(c) for c in one) if isinstance(one, hl7.Repetition) else (_component(one),)


def _component(one: Any) -> Component:
    return tuple(map(str, one)) if isinstance(one, hl7.Component) else (str(one),)


def _unescaped(field: Sequence[Repetition], unescape: "_Unescape") -> tuple[Repetition, ...]:
    return tuple(tuple(tuple(map(unescape, component)) for component in repetition) for repetition in field)


@dataclass(frozen=True)
class _Unescape:
    """Escape sequences of text (HL7 v2.5 2.7); one that is not known stays as it was written."""

    separators: str
    charset: Charset

    def __call__(self, text: str) -> str:
        mark = self.separators[3]
        if mark not in text:
            return _CONTROL.sub("", text)
        pattern = rf"{re.escape(mark)}([^{re.escape(mark)}]{{1,80}}){re.escape(mark)}"
        return _CONTROL.sub("", re.sub(pattern, self._meant, text))

    def _meant(self, match: "re.Match[str]") -> str:
        code = match[1]
        known = {**dict(zip("FSRET", self.separators, strict=True)), "H": "", "N": "", ".ce": "\n"}
        if code in known:
            return known[code]
        if line := re.fullmatch(r"\.(br|sp|sk|fi|nf|in|ti)([+-]?[0-9]{0,2})", code):
            times = int(line[2]) if line[2].isdigit() else 1
            return {"br": "\n", "sp": "\n" * times, "sk": " " * times}.get(line[1], "")
        if re.fullmatch(r"X([0-9A-Fa-f]{2})+", code):
            try:
                return _NEW_LINE.sub("\n", self.charset.decode(bytes.fromhex(code[1:])))
            except Hl7Error:
                return match[0]
        return match[0]


def escape(text: str) -> str:
    """A text as it may stand in a field that this software writes; new lines are ``.br``."""
    lines = _NEW_LINE.split(text)
    return "\\.br\\".join("".join(_escaped(letter) for letter in _CONTROL.sub("", line)) for line in lines)


def _escaped(letter: str) -> str:
    return f"\\{_WRITTEN[letter]}\\" if letter in _WRITTEN else letter


def write_segment(name: str, **fields: str) -> str:
    """A segment from fields by number (``f3="…"``), each written with its delimiters already."""
    last = max((int(key[1:]) for key in fields), default=0)
    return "|".join([name, *(fields.get(f"f{number}", "") for number in range(1, last + 1))]).rstrip("|")


def _no_message(what: str, *, location: str = "MSH") -> Hl7Error:
    return Hl7Error(
        what, remedy="look at the sending interface; the bytes are kept", location=location, condition=SEGMENT_MISSING
    )
