"""A line between browser and stack that can be cut: a relay of TCP connections."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65536


class Line:
    """Relays what connects to `port` to the stack. Cut, it does what a network does that is gone: nothing.

    No connection is refused or closed by a cut; what is sent just never arrives.
    """

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open = threading.Event()
        self._open.set()
        self._ended = False
        self._sockets: list[socket.socket] = []
        self._generation = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing arrives, on connections that there are and on new ones."""
        self._open.clear()

    def mend(self, *, forgotten: bool = False) -> None:
        """Everything arrives again, what was sent meanwhile too. `forgotten`: but only on new connections. The network
        no longer knows of those that there were, so nothing comes over them, and what is sent on them is answered by
        a reset.
        """
        if forgotten:
            self._generation += 1
        self._open.set()

    def close(self) -> None:
        """End every connection."""
        self._ended = True
        self._open.set()
        for one in (self._server, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            self._sockets.append(near)
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        self._open.wait()
        if self._ended:
            return
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        self._sockets.append(far)
        generation = self._generation
        back = threading.Thread(target=self._relay, args=(far, near, generation), daemon=True)
        back.start()
        self._relay(near, far, generation)
        back.join()

    def _relay(self, source: socket.socket, sink: socket.socket, generation: int) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                self._open.wait()
                if generation != self._generation:
                    _reset(source)
                    return
                sink.sendall(chunk)
            if generation == self._generation:
                sink.shutdown(socket.SHUT_WR)


def _reset(one: socket.socket) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


@contextmanager
def line_to(target_port: int) -> Iterator[Line]:
    """A line that lasts as long as the context."""
    line = Line(target_port)
    try:
        yield line
    finally:
        line.close()
