"""``dokuei desk``: the small program at a reader's desk that lets their own card sign a report.

It talks to the hub alone, under the one-time code that the page shows, and keeps nothing.
"""

import base64
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from urllib.parse import urlsplit

import httpx
import typer
from pydantic import BaseModel, Field, ValidationError

from dokuei.cli.card import Card
from dokuei.cli.desk_words import Language, said
from dokuei.errors import ConfigurationError, PeerRefusedError, UnreachableError
from dokuei.settings.section import is_loopback

desk_app = typer.Typer(no_args_is_help=True, help="At a reader's desk.")
_PHASE: Final = "asking the hub"
_SECONDS: Final = 60.0
_Told = TypeVar("_Told", bound=BaseModel)
_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _ToSign(BaseModel):
    """What waits under a code."""

    kind: Literal["preliminary", "original", "amendment", "withdrawal"]
    number: int
    site: str
    study_date: str
    modalities: list[str]
    reader: str
    version_digest: _Digest
    fingerprint: _Digest
    document_digest: _Digest


class _Taken(BaseModel):
    """Whose signature was taken."""

    name: str
    roles: list[str]


@desk_app.callback()
def _desk() -> None:
    """At a reader's desk."""


@desk_app.command("sign")
def sign(
    hub: Annotated[str, typer.Option(help="Address of the hub, as the browser has it.")],
    module: Annotated[Path, typer.Option(help="PKCS#11 library of the card reader.")],
    code: Annotated[str, typer.Option(prompt="コード / Code", help="The code that the page shows.")],
    *,
    token: Annotated[str, typer.Option(help="The card's label, where more than one is there.")] = "",
    ca: Annotated[
        Path | None, typer.Option(help="PEM of who issued the hub's certificate, where nobody knows.")
    ] = None,
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
) -> None:
    """Sign the report that waits under a code with the certificate on one's own card."""
    chosen: Language = "en" if language == "en" else "ja"
    with httpx.Client(base_url=_address(hub), verify=_trust(ca), timeout=_SECONDS) as client:
        sign_waiting(client, code, Card(module, token), chosen, ask_pin=_ask_pin, say=typer.echo)


def sign_waiting(
    client: httpx.Client,
    code: str,
    card: Card,
    language: Language,
    *,
    ask_pin: Callable[[str], str],
    say: Callable[[str], None],
) -> None:
    """Show what waits, let the card sign it, and tell what became of it.

    Raises:
        PeerRefusedError: the hub does not take the code or the signature, with its reason.
        UnreachableError: no hub answers there.
        ConfigurationError, SignatureError: the card cannot be read, or does not sign.
    """
    waits = _ask(client, "/api/v1/desk/signature/open", {"code": code}, _ToSign)
    for line in _shown(waits, language):
        say(line)
    pin = ask_pin(said("pin", language)).strip()
    if not pin:
        say(said("nothing", language))
        return
    cms = card.sign(bytes.fromhex(waits.document_digest), fingerprint=waits.fingerprint, pin=pin)
    body = {"code": code, "cms": base64.b64encode(cms).decode()}
    taken = _ask(client, "/api/v1/desk/signature", body, _Taken)
    say(f"{said('signed', language)}: {taken.name} ({', '.join(taken.roles)})")


def _shown(waits: _ToSign, language: Language) -> list[str]:
    lines = {
        "site": waits.site,
        "study": " ".join((waits.study_date, *waits.modalities)),
        "reader": waits.reader,
        "version": f"{waits.number} ({said(waits.kind, language)})",
        "digest": waits.version_digest,
    }
    return [said("title", language), *(f"  {said(word, language)}: {value}" for word, value in lines.items())]


def _ask(client: httpx.Client, path: str, body: dict[str, str], kind: type[_Told]) -> _Told:
    try:
        answer = client.post(path, json=body)
        told: Any = answer.json()
        if answer.is_success:
            return kind.model_validate(told)
    except ValidationError as error:
        raise UnreachableError(
            "what answers at this address is no hub of dokuei", phase=_PHASE, remedy="check --hub"
        ) from error
    except (httpx.HTTPError, ValueError) as error:
        raise UnreachableError(
            f"the hub does not answer: {type(error).__name__}", phase=_PHASE, remedy="check --hub, --ca and the line"
        ) from error
    problem = told if isinstance(told, dict) else {}
    raise PeerRefusedError(
        str(problem.get("detail", answer.status_code)), phase=_PHASE, remedy=str(problem.get("remedy", "check --hub"))
    )


def _ask_pin(word: str) -> str:
    return str(typer.prompt(word, default="", hide_input=True, show_default=False))


def _address(hub: str) -> str:
    parts = urlsplit(hub)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ConfigurationError(f"{hub!r} is no https address", phase=_PHASE, remedy="correct --hub")
    return f"{parts.scheme}://{parts.netloc}"


def _trust(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(f"cannot read {ca}", phase=_PHASE, remedy="correct --ca") from error
