"""A model that knows nothing: it runs a client, and writes down which tools the client offers it.

Run as a script, in a process of its own and where there is no network but the loopback device:

    python -I recording_model.py RECORD CALLS up|leave COMMAND [ARGUMENT]...

`{port}` in the command and in the environment becomes the port that is listened on. Each request is
a line of JSON in RECORD, `{"asked", "tools"}`: the end of what the user says, and the names. The
first request is answered with the tool calls that the JSON in CALLS lists, every other one with a
word. The protocol is OpenAI's chat completions, streamed or whole, which clients speak to models of
one's own. `up` switches the loopback device on, which is off in a new network namespace.
"""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

LARGEST_REQUEST = 16 * 1024 * 1024
LONGEST_QUESTION = 400
MOST_TOOLS = 1000
ANSWER = "Done."


class Model(ThreadingHTTPServer):
    """The server: a file to write to, and the calls that its first answer makes."""

    daemon_threads = True

    def __init__(self, record: BinaryIO, calls: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.record = record
        self.calls = calls
        self.lock = threading.Lock()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Write down one request, and return the message that answers it."""
        line = {"asked": asked(request), "tools": tools(request)}
        with self.lock:
            self.record.write(json.dumps(line).encode() + b"\n")
            self.record.flush()
            calls, self.calls = self.calls, []
        if calls:
            return {"role": "assistant", "content": None, "tool_calls": calls}
        return {"role": "assistant", "content": ANSWER}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hangs up."""


class Conversation(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: Model

    def do_GET(self) -> None:
        """List no models."""
        self.reply("application/json", [b'{"object": "list", "data": []}'])

    def do_POST(self) -> None:
        """Answer a request for a completion."""
        length = min(int(self.headers.get("content-length") or 0), LARGEST_REQUEST)
        request = json.loads(self.rfile.read(length))
        message = self.server.answer(request)
        if request.get("stream"):
            self.reply("text/event-stream", events(message))
        else:
            choice = {"index": 0, "message": message, "finish_reason": finish(message)}
            whole = {**HEAD, "object": "chat.completion", "choices": [choice], "usage": USAGE}
            self.reply("application/json", [json.dumps(whole).encode()])

    def reply(self, kind: str, parts: "list[bytes] | Iterator[bytes]") -> None:
        """Send the parts of a body, and close the connection."""
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()
        for part in parts:
            self.wfile.write(part)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Keep stderr for the client."""


HEAD = {"id": "agentgen", "created": 0, "model": "agentgen"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def events(message: dict[str, Any]) -> Iterator[bytes]:
    """Yield a message as a stream of events."""
    delta = dict(message)
    if delta.get("tool_calls"):
        calls = enumerate(delta["tool_calls"])
        delta["tool_calls"] = [{"index": index, **call} for index, call in calls]
    ends = (
        {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": finish(message)}]},
        {"choices": [], "usage": USAGE},
    )
    for each in ends:
        chunk = {**HEAD, "object": "chat.completion.chunk", **each}
        yield f"data: {json.dumps(chunk)}\n\n".encode()
    yield b"data: [DONE]\n\n"


def finish(message: dict[str, Any]) -> str:
    """Return why a message ends."""
    return "tool_calls" if message.get("tool_calls") else "stop"


def tools(request: dict[str, Any]) -> list[str]:
    """Return the names of the tools that a request offers."""
    listed = request.get("tools") or []
    return [str(each["function"]["name"])[:200] for each in listed[:MOST_TOOLS]]


def asked(request: dict[str, Any]) -> str:
    """Return the end of the last thing that the user says."""
    said = [each.get("content") for each in request["messages"] if each.get("role") == "user"]
    last = said[-1] if said else ""
    if isinstance(last, list):
        last = "\n".join(str(part.get("text", "")) for part in last)
    return str(last)[-LONGEST_QUESTION:]


def switch_on_loopback() -> None:
    """Bring the loopback device up (netdevice(7): SIOCSIFFLAGS with IFF_UP)."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control, contextlib.suppress(OSError):
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 1))


def main() -> int:
    """Run a client against a model that listens; return the client's exit code."""
    record, calls, device, *command = sys.argv[1:]
    if device == "up":
        switch_on_loopback()
    with Path(record).open("wb") as file, Model(file, json.loads(calls)) as model:
        threading.Thread(target=model.serve_forever, daemon=True).start()
        port = str(model.server_port)
        env = {name: value.replace("{port}", port) for name, value in os.environ.items()}
        command = [word.replace("{port}", port) for word in command]
        return subprocess.run(command, env=env, check=False).returncode  # noqa: S603 - the client


if __name__ == "__main__":
    raise SystemExit(main())
