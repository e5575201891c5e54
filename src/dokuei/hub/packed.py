"""Answers to pages travel packed: a list of cases is a tenth of its size on the line."""

import re
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SMALLEST: Final = 1400
_LEVEL: Final = 2
_TO_PAGES: Final = re.compile(r"/api/v1/")
_PACKED_ALREADY: Final = re.compile(r"/(pdf|line/down|frame-parts|attachments/[^/]+)\Z")


class Packed:
    """Pure ASGI: JSON and text of the pages' own interface, where the client takes gzip; files and images pass as are.

    Nothing that a stranger could choose stands beside a secret in one answer: the session is a cookie that no other
    site's page can send along (SameSite=Strict), so that the lengths of answers tell nobody anything (BREACH).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=_SMALLEST, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pack what is worth it."""
        await (self._packed if _is_worth_it(scope) else self._plain)(scope, receive, send)


def _is_worth_it(scope: Scope) -> bool:
    path = scope.get("path", "")
    return scope["type"] == "http" and bool(_TO_PAGES.match(path)) and not _PACKED_ALREADY.search(path)
