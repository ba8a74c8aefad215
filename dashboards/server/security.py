"""What the server refuses: foreign hosts and origins, and, where others can reach it, whoever has no secret link."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "SameOrigin", "SecretLink", "is_loopback"]

_COOKIE = "userisation_token"

HEADERS = {
    # Templates of components are compiled in the browser, hence `unsafe-eval`; nothing can be loaded from elsewhere.
    "content-security-policy": (
        "default-src 'self' blob: data:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; connect-src 'self' blob:; img-src 'self' data: blob:; "
        "font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
"""Sent with every answer."""


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a host name or address."""
    return host in ("localhost", "::1") or host.startswith("127.")


class SameOrigin:
    """Refuse what pages of other sites ask for, and add `HEADERS` to every answer.

    A browser says where a page comes from in ``Origin``; whoever is no browser says nothing, and cannot be driven by
    a foreign page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        given = _headers(scope)
        origin = given.get("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if changes and origin is not None and origin.partition("://")[2] != given.get("host"):
            return await _refuse(scope, receive, send, "cross-origin")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        return await self.app(scope, receive, with_headers)


class SecretLink:
    """Let in whoever came once by the link with the token, which a cookie then stands for.

    Parameters
    ----------
    app
        What is behind it.
    token
        The secret; None lets everyone in.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self.token is None or scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if self._is_ours(_cookie(_headers(scope))):
            return await self.app(scope, receive, send)
        given = parse_qs(scope.get("query_string", b"").decode("latin1")).get("token", [""])[0]
        if scope["type"] == "http" and self._is_ours(given):
            path = scope.get("root_path", "") + scope["path"]
            cookie = f"{_COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/"
            # Two slashes at the start would lead to another site.
            headers = [(b"location", ("/" + path.lstrip("/\\")).encode()), (b"set-cookie", cookie.encode())]
            await send({"type": "http.response.start", "status": 303, "headers": headers})
            return await send({"type": "http.response.body", "body": b""})
        return await _refuse(scope, receive, send, "Open the dashboard by the whole link that the command printed.")

    def _is_ours(self, given: str) -> bool:
        return bool(given) and hmac.compare_digest(given.encode(), (self.token or "").encode())


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}


def _cookie(headers: Mapping[str, str]) -> str:
    try:
        found: Any = SimpleCookie(headers.get("cookie", "")).get(_COOKIE)
    except CookieError:
        return ""
    return "" if found is None else str(found.value)


async def _refuse(scope: Scope, receive: Receive, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": why.encode()})
