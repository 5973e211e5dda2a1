"""The world outside a test host: a mail server and two web servers, in the network namespace that they are started in.

usage: outside.py FOLDER [CERTIFICATE KEY]

FOLDER/smtp says how the mail server answers: ok, refuse (550), busy (451), slow (30 s, then ok); FOLDER/http is the
status of the web servers. What comes is kept: FOLDER/mails/N, and a line of JSON for each request in FOLDER/requests.
Ports: 25 and 2525 for mail, 2626 for one that never ends its greeting, 8080 for the web, 8443 for the web by TLS.
"""

import asyncio
import http.server
import json
import pathlib
import socket
import ssl
import sys
import threading
import time

from aiosmtpd.controller import Controller

folder = pathlib.Path(sys.argv[1])
(folder / "mails").mkdir(exist_ok=True)
lock = threading.Lock()


def told(name, otherwise):
    try:
        return (folder / name).read_text().strip()
    except OSError:
        return otherwise


class Mails:
    async def handle_RCPT(self, server, session, envelope, address, options):
        how = told("smtp", "ok")
        if how == "slow":
            await asyncio.sleep(30)
        if how == "refuse":
            return "550 5.7.1 no mail from here"
        if how == "busy":
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with lock:
            number = len(list((folder / "mails").iterdir())) + 1
            head = f"X-Envelope: {envelope.mail_from} {' '.join(envelope.rcpt_tos)}\r\n".encode()
            # whole or not at all, as the test may look at any moment
            (folder / "new").write_bytes(head + envelope.content)
            (folder / "new").rename(folder / "mails" / str(number))
        return "250 OK"


class Web(http.server.BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        request = {
            "method": self.command,
            "path": self.path,
            "authorization": self.headers.get("Authorization"),
            "type": self.headers.get("Content-Type"),
            "body": self.rfile.read(length).decode(),
        }
        with lock, (folder / "requests").open("a") as requests:
            requests.write(json.dumps(request) + "\n")
        self.send_response(500 if self.path == "/bad" else int(told("http", "200")))
        self.send_header("Location", "http://127.0.0.1:8080/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def web(port, context=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Web)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def drip():
    """A mail server on port 2626 that greets for ever, a letter in five seconds."""
    listener = socket.create_server(("127.0.0.1", 2626))
    while True:
        guest, _ = listener.accept()
        threading.Thread(target=greet, args=(guest,), daemon=True).start()


def greet(guest):
    try:
        while True:
            guest.sendall(b"2")
            time.sleep(5)
    except OSError:
        pass


threading.Thread(target=drip, daemon=True).start()
for port in (25, 2525):
    Controller(Mails(), hostname="127.0.0.1", port=port).start()
web(8080)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    web(8443, context)
(folder / "ready").touch()
threading.Event().wait()
