"""An HTTP server that gives one answer to everything, in RingCentral's place."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from typing import ClassVar


class Stub(http.server.BaseHTTPRequestHandler):
    """`answer`: status, headers, body; `answers`: bodies of the next 200s, before it. `asked`: method, path,
    Authorization.
    """

    answer: ClassVar[tuple[int, dict[str, str], bytes]] = (204, {}, b"")
    answers: ClassVar[list[bytes]] = []
    asked: ClassVar[list[tuple[str, str, str | None]]] = []
    url: ClassVar[str] = ""

    def _answer(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Authorization"]))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, body = (200, dict[str, str](), self.answers.pop(0)) if self.answers else self.answer
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # http.server's own names

    def log_message(self, *_args: object) -> None:
        pass


@contextlib.contextmanager
def running_stub() -> Iterator[type[Stub]]:
    """The stub on a free port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    Stub.asked.clear()
    Stub.answers.clear()
    Stub.answer = (204, {}, b"")
    Stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield Stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
