"""The same statements in three sessions at once: two directly with the standby and one through Postern."""

import json
import re
import struct
from dataclasses import dataclass
from functools import cached_property

from .processes import Trouble
from .servers import AGENT, PASSWORD, READER, Route
from .suite import DATABASE, DIRECT_ADDRESS, SESSION_SETTINGS
from .wire import Connection

# What Postern gives each of its upstream sessions: the direct ones are opened alike.
PINNED = {"default_transaction_read_only": "on", "standard_conforming_strings": "on"}
PROBE = "postern_probe"
COMMENTS = re.compile(r"\s+|--[^\n]*|/\*.*?\*/|\(", re.DOTALL)
WORD = re.compile(r"[A-Za-z_]+")
# Statements that begin so may be reads, or belong to reading; the rest can be none.
READING = set(
    "select values table with explain show set reset begin start commit end rollback abort savepoint release prepare"
    " execute deallocate declare fetch move close copy discard".split()
)
TRANSACTION = {"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"}
# What a session remembers, so that a refusal leaves the sessions different.
REMEMBERED = {"set", "reset", "prepare", "deallocate", "declare", "fetch", "move", "close", "discard", "execute"}
KEPT = {"set", "reset", "prepare", "deallocate"}
HIDDEN_STATE = re.compile(r"set_config|setseed|advisory|cursor_to_xml", re.IGNORECASE)
CLIENT_SECONDS = 90


class Ended(Exception):
    """The session's connection is gone."""


@dataclass(frozen=True)
class Answer:
    """All messages from a Query to its ReadyForQuery, as they came; None in place of them if the connection ended."""

    data: bytes
    messages: tuple[tuple[bytes, bytes], ...]
    ended: bool = False

    @cached_property
    def error(self) -> dict[str, str] | None:
        for kind, body in self.messages:
            if kind == b"E":
                fields = [field for field in body.split(b"\0") if field]
                return {chr(f[0]): f[1:].decode("utf-8", "replace") for f in fields}
        return None

    @property
    def ok(self) -> bool:
        return not self.ended and self.error is None

    @property
    def sqlstate(self) -> str:
        return "closed" if self.ended else self.error["C"] if self.error else ""

    @property
    def status(self) -> bytes:
        return self.messages[-1][1] if self.messages and not self.ended else b""

    @cached_property
    def denial(self) -> dict | None:
        """What Postern's DETAIL says, if it is Postern that refused."""
        detail = (self.error or {}).get("D", "")
        if not detail.startswith('{"rule":'):
            return None
        try:
            return json.loads(detail)
        except ValueError:
            return None

    def first_row(self) -> dict[str, str | None] | None:
        """The only row by the names of its columns, as \\gset wants it; None if there is not exactly one."""
        described = [body for kind, body in self.messages if kind == b"T"]
        rows = [body for kind, body in self.messages if kind == b"D"]
        if len(described) != 1 or len(rows) != 1:
            return None
        names, position = [], 2
        for _ in range(struct.unpack("!H", described[0][:2])[0]):
            end = described[0].index(b"\0", position)
            names.append(described[0][position:end].decode())
            position = end + 19
        values, position = [], 2
        for _ in names:
            (length,) = struct.unpack("!i", rows[0][position : position + 4])
            position += 4
            values.append(None if length < 0 else rows[0][position : position + length].decode("utf-8", "replace"))
            position += max(0, length)
        return dict(zip(names, values))


class Session(Connection):
    """One that is asked and answers, in the simple protocol."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.socket.settimeout(CLIENT_SECONDS)
        self.buffer = bytearray()

    def send(self, text: bytes) -> None:
        try:
            self.socket.sendall(b"Q" + struct.pack("!i", len(text) + 5) + text + b"\0")
        except OSError:
            pass  # What was said before the end is still to be read.

    def answer(self) -> Answer:
        messages: list[tuple[bytes, bytes]] = []
        data = bytearray()
        try:
            while not messages or messages[-1][0] != b"Z":
                kind, body = self._next()
                if kind == b"G":
                    reason = b"no data\0"
                    self.socket.sendall(b"f" + struct.pack("!i", len(reason) + 4) + reason)
                messages.append((kind, body))
                data += kind + struct.pack("!i", len(body) + 4) + body
            return Answer(bytes(data), tuple(messages))
        except (Ended, OSError):
            return Answer(bytes(data), tuple(messages), True)

    def _next(self) -> tuple[bytes, bytes]:
        header = self._take(5)
        return header[:1], self._take(struct.unpack("!i", header[1:])[0] - 4)

    def _take(self, length: int) -> bytes:
        while len(self.buffer) < length:
            more = self.socket.recv(max(65536, length - len(self.buffer)))
            if not more:
                raise Ended
            self.buffer += more
        taken = bytes(self.buffer[:length])
        del self.buffer[:length]
        return taken


@dataclass(frozen=True)
class Round:
    """A statement and its three answers. again: the same once more, where the first were worth a second look."""

    text: str
    first: Answer
    second: Answer
    postern: Answer
    again: tuple[Answer, Answer, Answer] | None = None

    @property
    def repeatable(self) -> bool:
        return self.first.data == self.second.data and (not self.again or self.again[0].data == self.first.data)


class Lockstep:
    """Three sessions that are always told the same; where Postern refuses what changes a session, all begin anew."""

    def __init__(self, direct: Route, postern: Route, statement_timeout: int):
        self.direct = direct
        self.postern = postern
        self.settings = {
            **SESSION_SETTINGS,
            "client_encoding": "UTF8",
            "application_name": "regression",
            "statement_timeout": f"{statement_timeout}s",
        }
        self.sessions: list[Session] = []
        self.kept: list[bytes] = []
        self.passed: list[str] = []
        self.renewals = 0

    def begin(self) -> None:
        """New sessions that know of nothing."""
        self.kept = []
        self._renew()

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self.sessions = []

    def ask(self, text: str) -> Round:
        verb = first_word(text)
        encoded = text.encode("utf-8", "surrogateescape")
        probed = self.status == b"T" and verb not in TRANSACTION and not _sets_transaction(text)
        if probed:
            self._ask_quietly(f"SAVEPOINT {PROBE}".encode())
        first, second, postern = self._ask_all(encoded, text)
        result = Round(text, first, second, postern)
        if not probed and _worth_a_second_look(result, verb):
            result = Round(text, first, second, postern, tuple(self._ask_all(encoded, text)))
        self._settle(result, verb, encoded, probed)
        return result

    def _ask_all(self, encoded: bytes, text: str | None) -> list[Answer]:
        for session in self.sessions:
            session.send(encoded)
        answers = [session.answer() for session in self.sessions]
        if text is not None and answers[2].denial is None:
            self.passed.append(text)
        return answers

    def _ask_quietly(self, encoded: bytes) -> None:
        answers = self._ask_all(encoded, None)
        if not all(answer.ok for answer in answers):
            self._renew()

    def _settle(self, result: Round, verb: str, encoded: bytes, probed: bool) -> None:
        """Makes the sessions alike again."""
        answers = [result.first, result.second, result.postern]
        alike = len({answer.ok for answer in answers}) == 1
        if any(answer.ended for answer in answers) or any(a.ended for a in result.again or ()):
            self._renew()
            return
        if probed:
            failed = not all(answer.ok for answer in answers)
            # A batch may have ended the block, and with it the savepoint.
            if {answer.status for answer in answers} <= {b"T", b"E"}:
                back = f"ROLLBACK TO {PROBE}; " if failed else ""
                self._ask_quietly(f"{back}RELEASE {PROBE}".encode())
                return
        if len({answer.status for answer in answers}) != 1:
            self._renew()
        elif not alike and (verb in REMEMBERED or verb not in READING or HIDDEN_STATE.search(result.text)):
            self._renew()
        else:
            self.status = result.first.status
            if result.first.ok and self.status == b"I" and verb in KEPT:
                self.kept.append(encoded)
            if result.first.ok and verb == "discard":
                self.kept = []

    def _renew(self) -> None:
        self.renewals += 1
        self.close()
        pinned = {**self.settings, **PINNED}
        for _ in range(2):
            self.sessions.append(
                Session(self.direct.port, READER, PASSWORD, DATABASE, settings=pinned, source=DIRECT_ADDRESS)
            )
        self.sessions.append(Session(self.postern.port, AGENT, PASSWORD, DATABASE, settings=self.settings))
        self.status = b"I"
        for encoded in self.kept:
            for session in self.sessions:
                session.send(encoded)
            if any(session.answer().ended for session in self.sessions):
                raise Trouble(f"a session ended when told once more: {encoded!r}")


def first_word(text: str) -> str:
    position = 0
    while match := COMMENTS.match(text, position):
        position = match.end()
    word = WORD.match(text, position)
    return word.group().lower() if word else ""


def _sets_transaction(text: str) -> bool:
    return re.match(r"\s*SET\s+(LOCAL\s+)?TRANSACTION", text, re.IGNORECASE) is not None


def _worth_a_second_look(result: Round, verb: str) -> bool:
    return (
        verb in ("select", "values", "table", "with", "explain", "show")
        and result.first.ok
        and result.postern.ok
        and result.first.data == result.second.data != result.postern.data
        and not HIDDEN_STATE.search(result.text)
    )
