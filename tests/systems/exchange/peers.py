"""Peers on loopback that answer, hang, drip, break and talk rubbish: real sockets, in threads of the test."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(behave):
    """A peer whose POST is handled by ``behave(handler, body)``; yields its base address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            behave(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def answer(status=200, body=b"", headers=()):
    def behave(handler, _body):
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def results(*patients):
    made = [
        {
            "score": {"patient": score},
            "patient": {
                "id": name,
                "contact": {"name": "Them", "href": "mailto:them@example.org"},
                "features": [{"id": "HP:0001250"}],
            },
        }
        for name, score in patients
    ]
    return json.dumps({"results": made, "terms": "be kind"}).encode()


def hang(_handler, _body):
    time.sleep(30)


def drip(handler, _body):
    """Headers and body one byte at a time, for ever: no single wait is long."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(300):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass


def huge(handler, _body):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" " * 100_000)
    except OSError:
        pass


def no_http(handler, _body):
    handler.wfile.write(b"\x00\x01\x02 hello\r\n\r\n")


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
