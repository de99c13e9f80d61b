"""Who may ask the preview server, and what browsers may do with its answers.

The server shows text from strangers on a developer's machine, and every page that the same browser
has open can send it requests. A foreign name for the address (DNS rebinding) is refused by `Host`,
a foreign page by `Origin` and `Sec-Fetch-Site`, and whoever has not seen the link that was printed
by the token. Answers load nothing from elsewhere and run nothing but the page's own script.
"""

import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agentgen.frozen import Frozen

TOKEN = "x-agentgen-token"

# https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types agentgen"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard(Frozen):
    """An ASGI application around another: it lets through what the server's own page asks.

    `hosts` are the names, with port, that the server has; `open_paths` need no token.
    """

    app: ASGIApp
    hosts: frozenset[str]
    token: str
    open_paths: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say why not."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        reason = self._refusal(scope["path"], Headers(scope=scope))
        app = PlainTextResponse(f"{reason}\n", 403) if reason else self.app
        await app(scope, receive, send_guarded)

    def _refusal(self, path: str, headers: Headers) -> str | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return "not the name of this server"
        if _any_but(headers.getlist("origin"), (f"http://{hosts[0]}",)):
            return "asked by a foreign page"
        if _any_but(headers.getlist("sec-fetch-site"), ("same-origin", "none")):
            return "asked by a foreign page"
        if path not in self.open_paths and not self._has_token(headers):
            return "without the token: open the link that agentgen has printed"
        return None

    def _has_token(self, headers: Headers) -> bool:
        given = headers.get(TOKEN, "")
        return secrets.compare_digest(given.encode(), self.token.encode())


def _any_but(found: Iterable[str], allowed: tuple[str, ...]) -> bool:
    return any(each not in allowed for each in found)
