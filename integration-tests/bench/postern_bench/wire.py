"""The little of PostgreSQL's protocol that a client needs to log in and to count the bytes of a result."""

import base64
import hashlib
import hmac
import os
import socket
import struct

from .processes import LOOPBACK, Trouble

PROTOCOL_3_0 = 196608
SCRAM_ITERATIONS = 4096
READY_IDLE = b"Z\0\0\0\5I"
BUFFER_BYTES = 1024 * 1024


def scram_verifier(password: str) -> str:
    """A SCRAM-SHA-256 verifier as PostgreSQL stores it."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server = _hmac(salted, b"Server Key")
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


class Connection:
    """One logged-in session. For ASCII user names and passwords. source: the loopback address it comes from."""

    def __init__(
        self,
        port: int,
        user: str,
        password: str,
        database: str,
        settings: dict[str, str] | None = None,
        source: str = LOOPBACK,
    ):
        self.socket = socket.create_connection((LOOPBACK, port), timeout=120, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        words = {"user": user, "database": database, **(settings or {})}
        parameters = "".join(f"{name}\0{value}\0" for name, value in words.items()).encode() + b"\0"
        self.socket.sendall(struct.pack("!ii", len(parameters) + 8, PROTOCOL_3_0) + parameters)
        self._authenticate(password)
        kind = b""
        while kind != b"Z":
            kind, body = self._message()
            if kind == b"E":
                raise Trouble(f"login failed: {body!r}")

    def result_bytes(self, sql: str) -> int:
        """Runs a query, throws its result away and returns how long that was. No row may end like a ReadyForQuery."""
        text = sql.encode() + b"\0"
        self.socket.sendall(b"Q" + struct.pack("!i", len(text) + 4) + text)
        buffer = bytearray(BUFFER_BYTES)
        view = memoryview(buffer)
        total, end = 0, b""
        while end != READY_IDLE:
            count = self.socket.recv_into(view)
            if count == 0:
                raise Trouble("the connection was closed in the middle of a result")
            if total == 0 and buffer[0:1] == b"E":
                raise Trouble(f"refused: {bytes(view[5:count])!r}")
            total += count
            end = (end + bytes(view[max(0, count - len(READY_IDLE)) : count]))[-len(READY_IDLE) :]
        return total

    def close(self) -> None:
        self.socket.close()

    def _authenticate(self, password: str) -> None:
        self._expect_authentication(10)
        nonce = _base64(os.urandom(18))
        first = f"n=,r={nonce}"
        initial = b"n,," + first.encode()
        self._password_message(b"SCRAM-SHA-256\0" + struct.pack("!i", len(initial)) + initial)
        server_first = self._expect_authentication(11).decode()
        fields = dict(part.split("=", 1) for part in server_first.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(fields["s"]), int(fields["i"]))
        client_key = _hmac(salted, b"Client Key")
        without_proof = f"c=biws,r={fields['r']}"
        signed = f"{first},{server_first},{without_proof}".encode()
        signature = _hmac(hashlib.sha256(client_key).digest(), signed)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        self._password_message(f"{without_proof},p={_base64(proof)}".encode())
        self._expect_authentication(12)
        self._expect_authentication(0)

    def _expect_authentication(self, code: int) -> bytes:
        kind, body = self._message()
        if kind != b"R" or struct.unpack("!i", body[:4])[0] != code:
            raise Trouble(f"login failed: {kind!r} {body!r}")
        return body[4:]

    def _password_message(self, body: bytes) -> None:
        self.socket.sendall(b"p" + struct.pack("!i", len(body) + 4) + body)

    def _message(self) -> tuple[bytes, bytes]:
        header = self._exactly(5)
        return header[:1], self._exactly(struct.unpack("!i", header[1:])[0] - 4)

    def _exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                raise Trouble("the server closed the connection during login")
            data += more
        return data


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
