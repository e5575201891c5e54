"""What no log, no metrics page and no address may say, and a search for it in every way that it may be written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_CODECS = ("utf-8", "cp932", "euc_jp", "utf-16-le", "utf-16-be")
_SHIFTS = (b"\x1b$B", b"\x1b(B", b"\x1b(J")


@dataclass
class Unspoken:
    """Words that a run used: names, numbers, texts, secrets; matched whatever the case of their letters."""

    words: set[str] = field(default_factory=set)

    def add(self, *words: str) -> None:
        """Search for these too, and for each line of them."""
        self.words |= {line.strip() for word in words for line in word.splitlines() if line.strip()}

    def spoken_in(self, data: bytes) -> list[str]:
        """Which of the words stand there, in any encoding and any notation."""
        there = data.lower()
        return sorted(word for word in self.words if any(form.lower() in there for form in _forms(word)))

    def spoken_in_files(self, files: Iterable[Path]) -> dict[str, list[str]]:
        """Files that say any, with what they say."""
        found = {path.name: self.spoken_in(path.read_bytes()) for path in files}
        return {name: words for name, words in found.items() if words}


def _forms(word: str) -> set[bytes]:
    """A word's bytes: by character set, as JSON and Python escape it, and as an address does."""
    forms = {json.dumps(word)[1:-1].encode(), ascii(word)[1:-1].encode(), quote(word, safe="").encode()}
    for codec in _CODECS:
        forms.add(word.encode(codec, "ignore"))
        if not word.isascii():
            forms.add(quote(word.encode(codec, "ignore"), safe="").encode())
            forms.add(repr(word.encode(codec, "ignore"))[2:-1].encode())
    shifted = word.encode("iso2022_jp", "ignore")
    if not word.isascii():
        for shift in _SHIFTS:
            shifted = shifted.removeprefix(shift).removesuffix(shift)
    return {form for form in (*forms, shifted) if form}
