"""The witness over HTTP: ``add-checkpoint``, and the latest checkpoint of each log (C2SP tlog-witness)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from wardbook.custody.witness import LONGEST_REQUEST, Answer, Witness

LOOPBACK = "127.0.0.1"
_TIMEOUT_S = 30


def serve(witness: Witness, host: str, port: int, clock: Callable[[], int]) -> ThreadingHTTPServer:
    """A server for a witness, bound to a port (0: any free one), not running; ``clock`` gives seconds UTC."""

    class Handler(BaseHTTPRequestHandler):
        """One connection; nothing of an error but a sentence goes out."""

        protocol_version = "HTTP/1.1"
        timeout = _TIMEOUT_S

        def do_POST(self) -> None:
            """``POST /add-checkpoint``."""
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length) > LONGEST_REQUEST:
                self.close_connection = True
                self._say(
                    Answer(
                        413 if length.isdigit() else 411, "a request has a length, of at most a megabyte\n"
                    )
                )
                return
            body = self.rfile.read(int(length))
            if self.path != "/add-checkpoint":
                self._say(Answer(404, "there is POST /add-checkpoint\n"))
                return
            self._say(witness.add(body, clock()))

        def do_GET(self) -> None:
            """``GET /<SHA-256 of an origin>/checkpoint``."""
            for origin, _, note in witness.latest():
                if self.path == f"/{hashlib.sha256(origin.encode()).hexdigest()}/checkpoint":
                    self._say(Answer(200, note.decode()))
                    return
            self._say(Answer(404, "no checkpoint of such a log was signed\n"))

        def _say(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server has
            """Say nothing: the command tells what was signed."""

    return ThreadingHTTPServer((host, port), Handler)
