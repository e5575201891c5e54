"""How fast a gateway sends and when a study will be at the hub, as its status says it on a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from dokuei.clock import now

if TYPE_CHECKING:
    from dokuei.transfer.protocol import SendingReport, StudyReport

_MBIT: Final = 1_000_000 / 8
_WORDS = {
    "ja": {
        "idle": "送信なし",
        "rate": "{rate:.3g} Mbit/s",
        "streams": "{number}本並行",
        "limit": "上限 {rate:.3g} Mbit/s",
        "limit until": "{time}まで上限 {rate:.3g} Mbit/s",
        "free until": "{time}まで制限なし",
        "no bbr": "BBRなし（{name}・対処は dokuei gateway doctor）",
        "left": "残り {size:.3g} MB",
        "done": "{time}頃に到着見込み",
    },
    "en": {
        "idle": "idle",
        "rate": "{rate:.3g} Mbit/s",
        "streams": "{number} uploads side by side",
        "limit": "at most {rate:.3g} Mbit/s",
        "limit until": "at most {rate:.3g} Mbit/s until {time}",
        "free until": "whole line until {time}",
        "no bbr": "without BBR ({name}; what to do: dokuei gateway doctor)",
        "left": "{size:.3g} MB left",
        "done": "done about {time}",
    },
}
Language = Literal["ja", "en"]


def sending_in_words(sending: SendingReport, language: Language) -> str:
    """How fast, over how many uploads, what the hours allow and until when."""
    words = _WORDS[language]
    rate, limit, until = sending.bytes_per_second, sending.limit_bytes_per_second, _soon(sending.limit_until)
    said = [words["rate"].format(rate=rate / _MBIT) if rate else words["idle"]]
    if rate and sending.streams > 1:
        said.append(words["streams"].format(number=sending.streams))
    if limit is not None:
        said.append(words["limit until" if until else "limit"].format(rate=limit / _MBIT, time=until))
    elif until:
        said.append(words["free until"].format(time=until))
    if sending.congestion != "bbr":
        said.append(words["no bbr"].format(name=sending.congestion or "?"))
    return " · ".join(said)


def left_in_words(study: StudyReport, language: Language) -> str:
    """What is still to be sent of a study, and when it will be there; empty where nothing is."""
    if not study.left_bytes:
        return ""
    words, time = _WORDS[language], _soon(study.done_at)
    left = words["left"].format(size=study.left_bytes / 1e6)
    return f"{left} · {words['done'].format(time=time)}" if time else left


def _soon(at: str) -> str:
    """A moment that is near: its clock, with the day where that is not today."""
    if not at:
        return ""
    local, today = datetime.fromisoformat(at).astimezone(), now().astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
