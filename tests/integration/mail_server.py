"""A real SMTP server on loopback: EHLO, STARTTLS, AUTH, envelopes and messages."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "pcloud@example.com", "smtp-Password-made-up"


@dataclass
class Mail:
    """A running server; `heard` are the lines before STARTTLS, `refuse` a code for RCPT."""

    port: int
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    refuse: str | None = None


@contextmanager
def mail_server(certificate: Path | None = None, *, at_once: bool = False) -> Iterator[Mail]:
    """Give a running SMTP server; with a certificate it demands TLS and a login.

    TLS begins with STARTTLS, or with the first byte where `at_once`.
    """
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.secure, self.known = context is None, context is None
            self.sender, self.to = "", list[str]()
            if context is not None and at_once and not self.begin_tls():
                return
            self.say("220 127.0.0.1 ESMTP")
            while line := self.rfile.readline().decode().strip():
                if context is not None and not self.secure:
                    running.heard.append(line)
                verb, _blank, rest = line.partition(" ")
                answer = self.obey(verb.upper(), rest)
                if answer is None:
                    return
                self.say(*answer)

        def begin_tls(self) -> bool:
            assert context is not None
            try:
                self.connection = context.wrap_socket(self.connection, server_side=True)
            except (ssl.SSLError, ConnectionError):
                return False  # the client does not trust us
            self.rfile = self.connection.makefile("rb")
            self.secure = True
            return True

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def obey(self, verb: str, rest: str) -> tuple[str, ...] | None:
            if verb in ("EHLO", "HELO"):
                offers = ["127.0.0.1"]
                if context is not None:
                    offers.append("AUTH PLAIN LOGIN" if self.secure else "STARTTLS")
                last = len(offers) - 1
                return tuple(
                    f"250{' ' if at == last else '-'}{offer}" for at, offer in enumerate(offers)
                )
            if verb == "STARTTLS" and context is not None:
                self.say("220 go")
                return () if self.begin_tls() else None
            if verb == "AUTH":
                return self.login(rest)
            if verb == "QUIT":
                self.say("221 bye")
                return None
            if not self.known:
                return ("530 authentication required",)
            if verb == "MAIL":
                self.sender, self.to = rest, []
                return ("250 ok",)
            if verb == "RCPT":
                if running.refuse is not None:
                    return (f"{running.refuse} no",)
                self.to.append(rest.partition("<")[2].partition(">")[0])
                return ("250 ok",)
            if verb == "DATA":
                self.say("354 go")
                running.taken.append((self.to, self.message()))
                return ("250 ok",)
            return ("250 ok",)

        def login(self, rest: str) -> tuple[str, ...]:
            method, _blank, first = rest.partition(" ")
            if method.upper() == "PLAIN":
                _none, user, password = base64.b64decode(first).decode().split("\0")
            else:
                self.say("334 VXNlcm5hbWU6") if not first else None
                line = first or self.rfile.readline().decode().strip()
                user = base64.b64decode(line).decode()
                self.say("334 UGFzc3dvcmQ6")
                password = base64.b64decode(self.rfile.readline().strip()).decode()
            running.logins.append((user, password))
            self.known = (user, password) == (USER, PASSWORD)
            return ("235 welcome",) if self.known else ("535 who are you",)

        def message(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            return message_from_bytes(b"".join(lines), policy=policy.default)

        def say(self, *lines: str) -> None:
            for line in lines:
                self.connection.sendall(f"{line}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Mail(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1 that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path
