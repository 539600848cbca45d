"""A webhook to post to."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Posted:
    """One request that the webhook got."""

    headers: Mapping[str, str]
    body: bytes
    arrived_at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def event(self) -> Any:
        return self.json["body"]

    @property
    def party(self) -> Any:
        [party] = self.event["parties"]
        return party

    @property
    def gist(self) -> tuple[int, str, str]:
        """Sequence, number of the leg, status."""
        return self.event["sequence"], self.party["id"].rpartition("-")[2], self.party["status"]["code"]


class Webhook:
    """A webhook on a thread of its own. Its answer can be changed; its handshake passes unless that is done."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.handshakes: list[Posted] = []
        self.status = 200
        self.delay = 0.0
        self.handshake_headers: dict[str, str] = {"Content-Type": "application/json"}
        self.echo = True
        self.handshake_body = b""
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.address = f"http://{LOOPBACK}:{self._server.server_address[1]}/webhook"

    def __enter__(self) -> "Webhook":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, number: int, timeout: float = 5) -> list[Posted]:
        """The first so many notifications, once they are there."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.posted) >= number, timeout), [p.body for p in self.posted]
            return self.posted[:number]

    def wait_for_last(self, leg: str, code: str) -> list[Posted]:
        """All notifications up to the first with this leg (its number) and status code."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: any(p.gist[1:] == (leg, code) for p in self.posted), 5), [
                p.gist for p in self.posted
            ]
            end = next(n for n, p in enumerate(self.posted) if p.gist[1:] == (leg, code))
            return self.posted[: end + 1]

    def _take(self, posted: Posted) -> None:
        with self._arrived:
            (self.handshakes if "validation-token" in posted.headers else self.posted).append(posted)
            self._arrived.notify_all()

    def _handler(webhook) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                posted = Posted({name.lower(): value for name, value in self.headers.items()}, body)
                time.sleep(webhook.delay)
                webhook._take(posted)
                self.send_response(webhook.status)
                token = posted.headers.get("validation-token")
                answer = b"" if token is None else webhook.handshake_body
                for name, value in {} if token is None else webhook.handshake_headers.items():
                    self.send_header(name, value)
                if token is not None and webhook.echo:
                    self.send_header("Validation-Token", token)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
