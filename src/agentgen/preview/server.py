"""The preview in a browser: a small server on this machine, and a page that stays up to date."""

import asyncio
import json
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from agentgen.diagnostics import AgentgenError
from agentgen.frozen import asdict
from agentgen.loader import Request
from agentgen.preview.guard import Guard
from agentgen.preview.lane import Lane
from agentgen.preview.live import Live, Question
from agentgen.targets import TARGETS
from agentgen.watch import Watch

HOST = "127.0.0.1"
LARGEST_QUESTION = 1024 * 1024
"""Bytes; a schema that somebody edits by hand is far smaller."""

HEARTBEAT_SECONDS = 10.0
"""So often a page that nothing is said to is told so, and found to be gone if it is."""

GRACE_SECONDS = 1.0
"""How long a page has at the end to take what it is sent."""

FIRST_THE_TEXT_SECONDS = 0.15
"""How long counting waits after a change: the text on screen is what somebody is waiting for."""

ASSETS = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


def listen(port: int) -> socket.socket:
    """Return a socket on this machine and no other; port 0 is one that is free.

    Raises `OSError` where the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two programs have one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # whoever opens the link at once waits, and is not refused
    except BaseException:
        listener.close()
        raise
    return listener


class News:
    """What a page that is open has yet to be told. What is newer takes the place of what was."""

    def __init__(self) -> None:
        self._news: dict[str, Any] = {}
        self._has_news = asyncio.Event()
        self.is_over = False

    def tell(self, message: dict[str, Any]) -> None:
        """Have the page told; one that does not listen is told less, and not later and later."""
        self._news |= message
        self._has_news.set()

    def end(self) -> None:
        """Have the page told that this is the end."""
        self.is_over = True
        self._has_news.set()

    async def next(self) -> dict[str, Any]:
        """Return what there is to tell, once there is something; nothing after a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._has_news.wait(), HEARTBEAT_SECONDS)
        self._has_news.clear()
        news, self._news = self._news, {}
        return news


class Server:
    """Serves one project's preview until it is told to stop."""

    def __init__(self, request: Request, listener: socket.socket, targets: tuple[str, ...]) -> None:
        self._watch = Watch(request)
        self._live = Live(request, targets)
        self._listener = listener
        self._token = secrets.token_urlsafe(24)
        self._looks, self._trials, self._rounds = Lane(), Lane(), Lane()
        self._pages: set[News] = set()
        self._answers: set[asyncio.Task[Response]] = set()
        self._is_over = False
        self._counts: dict[str, tuple[int, int]] = {}
        self.port = int(listener.getsockname()[1])

    def link(self, agent: str | None = None) -> str:
        """Return the address to open. What follows the `#` stays in the browser."""
        chosen = f"&agent={quote(agent)}" if agent else ""
        return f"http://{HOST}:{self.port}/#token={self._token}{chosen}"

    def app(self) -> Guard:
        """Return the application that answers requests."""
        routes = [Route(path, _asset(*asset)) for path, asset in ASSETS.items()]
        routes += [Route("/events", self._events), Route("/look", self._look, methods=["POST"])]
        hosts = frozenset(f"{name}:{self.port}" for name in (HOST, "localhost"))
        return Guard(Starlette(routes=routes), hosts, self._token, frozenset(ASSETS))

    def run(self, tell: Callable[[], None]) -> None:
        """Tell somebody where it is, and serve until Ctrl-C."""
        config = uvicorn.Config(
            self.app(),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        server = _Uvicorn(config, self._stop)

        def end(_signal: int, _frame: object) -> None:
            server.should_exit = True

        signal.signal(signal.SIGINT, end)  # it may come as soon as the link is there
        tell()
        asyncio.run(self._serve(server))

    async def _serve(self, server: "_Uvicorn") -> None:
        loop = asyncio.get_running_loop()

        def tell(message: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(self._tell, message)

        def end(_: object) -> None:
            server.should_exit = True  # looked at several times a second

        rounds = self._rounds.do(lambda: self._go_round(tell))
        rounds.add_done_callback(end)  # it goes on for ever, unless there is a bug
        await server.serve(sockets=[self._listener])
        if rounds.done():
            rounds.result()

    def _go_round(self, tell: Callable[[dict[str, Any]], None]) -> None:
        """Count what is wrong, wait for a change, read the project anew; and again."""
        while True:
            self._counts = self._live.count()
            tell({"counts": self._counts})
            self._watch.wait()
            tell({"project": self._live.read().data})
            time.sleep(FIRST_THE_TEXT_SECONDS)

    def _tell(self, message: dict[str, Any]) -> None:
        for page in self._pages:
            page.tell(message)

    def _stop(self) -> None:
        self._is_over = True
        for page in self._pages:
            page.end()
        for answer in self._answers:
            answer.cancel()

    async def _events(self, _request: WebRequest) -> Response:
        return StreamingResponse(self._news(), media_type="application/x-ndjson")

    async def _news(self) -> AsyncIterator[str]:
        page = News()
        self._pages.add(page)
        try:
            yield _line({"project": self._live.snapshot.data, "counts": self._counts})
            while not page.is_over:
                yield _line(await page.next())
        finally:
            self._pages.discard(page)

    async def _look(self, request: WebRequest) -> Response:
        answer = asyncio.create_task(self._answer(request))
        self._answers.add(answer)
        try:
            return await answer
        except asyncio.CancelledError:
            if not self._is_over:
                raise
            return PlainTextResponse("agentgen has ended\n", 503)
        except ClientDisconnect:
            return PlainTextResponse("there is nobody to be answered\n", 400)
        finally:
            self._answers.discard(answer)

    async def _answer(self, request: WebRequest) -> Response:
        try:
            question = _question(await _body(request))
        except ValueError as error:
            return PlainTextResponse(f"{error}\n", 400)
        lane = self._looks if question.schema is None else self._trials
        try:
            view = await asyncio.wrap_future(lane.do(lambda: self._live.look(question)))
        except AgentgenError as error:
            return PlainTextResponse(f"{error}\n", 404)
        return Response(json.dumps(asdict(view)), media_type="application/json")


class _Uvicorn(uvicorn.Server):
    """A server that says that it is about to stop, so that open streams end."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_the_end = stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_the_end()
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        """Let go of whoever does not read: what is sent to them would never be sent."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _asset(name: str, media_type: str) -> Callable[[WebRequest], Any]:
    content = files("agentgen.preview").joinpath("assets", name).read_bytes()

    async def answer(_request: WebRequest) -> Response:
        return Response(content, media_type=media_type)

    return answer


async def _body(request: WebRequest) -> bytes:
    if request.headers.get("content-type") != "application/json":
        raise ValueError("this is not JSON")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_QUESTION:
            raise ValueError("this is too much")
    return bytes(body)


def _question(body: bytes) -> Question:
    try:
        asked = json.loads(body)
    except RecursionError:
        asked = None
    if not isinstance(asked, dict) or set(asked) != {"item", "target", "schema"}:
        raise ValueError("a question is an `item`, a `target` and a `schema`")
    item, target, schema = asked["item"], asked["target"], asked["schema"]
    is_text = isinstance(item, str) and isinstance(target, str) and isinstance(schema, str | None)
    if not is_text or target not in TARGETS:
        raise ValueError("a question is about an item, for a target that there is")
    return Question(item, target, schema)


def _line(message: dict[str, Any]) -> str:
    return f"{json.dumps(message)}\n"
