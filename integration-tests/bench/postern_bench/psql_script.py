"""Reads a psql script as psql 15 does: where statements end, what variables and backslash commands do to them."""

import re
from dataclasses import dataclass, field
from typing import Iterator

# What ends a statement and sends it; \gdesc, \gexec and \crosstabview only treat the answer differently.
SENDING = {"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"}
CONNECTING = {"c", "connect"}
FORGETTING = {"r", "reset"}
CONTINUES_STRING = re.compile(r"\\(.)|''|'", re.DOTALL)
IDENTIFIER = re.compile(r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*")
COMMENT_EDGE = re.compile(r"/\*|\*/")
DOLLAR_QUOTE = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$")
VARIABLE = re.compile(r""":(?:(?P<plain>[A-Za-z0-9_\x80-\U0010ffff]+)|'(?P<literal>\w+)'|"(?P<identifier>\w+)")""")
NUMBER = re.compile(r"[0-9][0-9A-Za-z_.]*")
COMMAND = re.compile(r"\\([^\s\\]*)")
ARGUMENTS = re.compile(r"""(?:'(?:[^'\\\n]|\\.|'')*'|"[^"\n]*"|`[^`\n]*`|\\(?!\\)|[^\\\n])*""")
TRUE = {"true", "tru", "tr", "t", "yes", "ye", "y", "on", "1"}
FALSE = {"false", "fals", "fal", "fa", "f", "no", "n", "off", "of", "0"}
TAKES_DATA = re.compile(r"\bCOPY\b[^;]*?\bFROM\s+STDIN\b", re.IGNORECASE)
END_OF_DATA = re.compile(r"^\\\.[ \t]*$", re.MULTILINE)
# A COPY that fails takes no data: what follows it is the script again.
LOOKS_LIKE_SCRIPT = re.compile(
    r"\s*(--|/\*|\\(?![.N])"
    r"|(ALTER|ANALYZE|BEGIN|COMMIT|COPY|CREATE|DELETE|DROP|INSERT|RESET|ROLLBACK|SELECT|SET|TRUNCATE)\s)",
    re.IGNORECASE,
)
SETS_STRINGS = re.compile(r"\s*(?:RESET|SET)\s+standard_conforming_strings\s*(?:(?:=|TO)\s*'?(\w+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Variable:
    """A use of a psql variable, and what stands there if psql does not know it."""

    name: str
    quoting: str
    written: str


@dataclass(frozen=True)
class Statement:
    """What psql sends as one Query. gset: the prefix of the variables that its row becomes, if it does."""

    line: int
    parts: tuple[str | Variable, ...]
    gset: str | None = None

    def text(self, variables: "Variables") -> str | None:
        """With its variables filled in; None if one has a value that is not known here."""
        filled = [variables.filled(part) for part in self.parts]
        return None if None in filled else "".join(filled)


@dataclass(frozen=True)
class Assignment:
    """What a \\set or \\getenv does; None: to something that is not known here."""

    name: str
    parts: tuple[str | Variable, ...] | None


@dataclass(frozen=True)
class Reconnection:
    """A \\connect: a new session."""

    line: int


Event = Statement | Assignment | Reconnection


@dataclass
class Variables:
    """psql's variables while a script runs. Those with the value None are set to something that is not known.

    missing: a \\gset had no row to take its variables from, so that any name may be one of them.
    """

    values: dict[str, str | None] = field(default_factory=dict)
    missing: bool = False

    def fill(self, variable: Variable) -> str | None:
        if variable.name not in self.values:
            # In a slice, a[1:2], a colon stands before a number.
            return None if self.missing and not variable.name.isdigit() else variable.written
        value = self.values[variable.name]
        if value is None or not variable.quoting:
            return value
        return variable.quoting + value.replace(variable.quoting, 2 * variable.quoting) + variable.quoting

    def assign(self, assignment: Assignment) -> None:
        filled = [None] if assignment.parts is None else [self.filled(part) for part in assignment.parts]
        self.values[assignment.name] = None if None in filled else "".join(filled)

    def filled(self, part: str | Variable) -> str | None:
        return part if isinstance(part, str) else self.fill(part)


@dataclass
class _Branch:
    """An open \\if: whether its text is left out now, whether a branch is known to be the one, what stood before."""

    inactive: bool
    taken: bool
    before: tuple


class Script:
    """One pass over a script's text; events() gives what it does, in order."""

    def __init__(self, text: str, environment: dict[str, str]):
        self.source = text
        self.environment = environment
        self.position = 0
        self.standard_strings = True
        self.branches: list[_Branch] = []
        self._forget()

    def events(self) -> Iterator[Event]:
        while self.position < len(self.source):
            source, end = self.source, len(self.source)
            character = source[self.position]
            if source.startswith("--", self.position):
                self._take(self._line_end())
            elif source.startswith("/*", self.position):
                self._take(self._comment_end())
            elif character == "'":
                self._take(self._string_end(self.position + 1, not self.standard_strings))
            elif character == '"':
                closing = source.find('"', self.position + 1)
                self._take(end if closing < 0 else closing + 1)
            elif character == "$":
                self._dollar()
            elif character == ":":
                self._colon()
            elif character == "\\":
                yield from self._command()
            elif character == ";" and self.parentheses == 0 and self.begins == 0:
                self._take(self.position + 1)
                yield from self._send()
            elif character.isdigit():
                self._take(NUMBER.match(source, self.position).end())
            else:
                word = IDENTIFIER.match(source, self.position)
                if word:
                    self._word(word)
                else:
                    self.parentheses += {"(": 1, ")": -1}.get(character, 0)
                    self.parentheses = max(0, self.parentheses)
                    self._take(self.position + 1)
        yield from self._send()

    def _forget(self) -> None:
        self.parts: list[str | Variable] = []
        self.first_line = 0
        self.parentheses = 0
        self.begins = 0
        self.words: list[str] = []

    def _take(self, end: int) -> None:
        """Adds source text to the statement; white space and line comments in front of it are dropped, as psql does."""
        text = self.source[self.position : end]
        if self.parts or not (text.isspace() or text.startswith("--")):
            self._add(text)
        self.position = end

    def _add(self, part: str | Variable) -> None:
        if not self.parts:
            self.first_line = self.source.count("\n", 0, self.position) + 1
        self.parts.append(part)

    def _line_end(self) -> int:
        end = self.source.find("\n", self.position)
        return len(self.source) if end < 0 else end

    def _comment_end(self) -> int:
        depth, position = 1, self.position + 2
        for mark in COMMENT_EDGE.finditer(self.source, position):
            depth += 1 if mark.group() == "/*" else -1
            if depth == 0:
                return mark.end()
        return len(self.source)

    def _string_end(self, start: int, escapes: bool) -> int:
        for mark in CONTINUES_STRING.finditer(self.source, start):
            if mark.group() == "'":
                return mark.end()
            if mark.group(1) == "'" and not escapes:
                # A backslash is nothing special here: the quote after it ends the string, unless it is doubled.
                return self._string_end_after_backslash(mark.end() - 1)
        return len(self.source)

    def _string_end_after_backslash(self, quote: int) -> int:
        if self.source.startswith("''", quote):
            return self._string_end(quote + 2, False)
        return quote + 1

    def _dollar(self) -> None:
        opening = DOLLAR_QUOTE.match(self.source, self.position)
        if opening is None:
            self._take(self.position + 1)
            return
        closing = self.source.find(opening.group(), opening.end())
        self._take(len(self.source) if closing < 0 else closing + len(opening.group()))

    def _colon(self) -> None:
        if self.source[self.position + 1 : self.position + 2] in (":", "="):
            self._take(self.position + 2)
            return
        use = VARIABLE.match(self.source, self.position)
        if use is None:
            self._take(self.position + 1)
            return
        self._add(_variable(use))
        self.position = use.end()

    def _word(self, word: re.Match) -> None:
        text = word.group().lower()
        next_character = self.source[word.end() : word.end() + 1]
        if next_character == "'" and text in ("e", "b", "x", "n"):
            self._take(self._string_end(word.end() + 1, text == "e" or not self.standard_strings))
            return
        self.words.append(text)
        head = [w for w in self.words[:4] if w not in ("or", "replace")]
        if head[0] == "create" and len(head) > 1 and head[1] in ("function", "procedure") and self.parentheses == 0:
            if text == "begin":
                self.begins += 1
            elif text == "case" and self.begins:
                self.begins += 1
            elif text == "end" and self.begins:
                self.begins -= 1
        self._take(word.end())

    def _command(self) -> Iterator[Event]:
        following = self.source[self.position + 1 : self.position + 2]
        if following in (";", ":"):
            self._add(following)
            self.position += 2
            return
        command = COMMAND.match(self.source, self.position)
        name = command.group(1)
        arguments = ARGUMENTS.match(self.source, command.end())
        after = arguments.end() + (2 if self.source.startswith("\\\\", arguments.end()) else 0)
        if name in ("if", "elif", "else", "endif"):
            self._conditional(name, arguments.group().strip())
        elif not any(branch.inactive for branch in self.branches):
            yield from self._act(name, arguments.group().strip())
        self.position = max(after, self.position + 1)

    def _conditional(self, name: str, condition: str) -> None:
        """Leaves out branches that say false; where the condition is not a constant, both branches count."""
        if name == "if":
            self.branches.append(_Branch(condition.lower() in FALSE, condition.lower() in TRUE, self._here()))
            return
        if not self.branches:
            return
        branch = self.branches[-1]
        if branch.inactive:
            self.parts, self.parentheses, self.begins, self.words = branch.before
        if name == "endif":
            self.branches.pop()
            return
        branch.inactive = branch.taken or (name == "elif" and condition.lower() in FALSE)
        branch.taken = branch.taken or (name == "elif" and condition.lower() in TRUE)
        branch.before = self._here()

    def _here(self) -> tuple:
        return list(self.parts), self.parentheses, self.begins, list(self.words)

    def _act(self, name: str, arguments: str) -> Iterator[Event]:
        if name in SENDING:
            yield from self._send(arguments.partition(" ")[0] if name == "gset" else None)
        elif name in CONNECTING:
            yield Reconnection(self.source.count("\n", 0, self.position) + 1)
        elif name in FORGETTING:
            self._forget()
        elif name == "set" and arguments:
            yield _assignment(arguments)
        elif name == "getenv" and len(arguments.split()) == 2:
            variable, key = arguments.split()
            value = self.environment.get(key)
            yield Assignment(variable, None if value is None else (value,))

    def _send(self, gset: str | None = None) -> Iterator[Event]:
        statement = Statement(self.first_line, tuple(self.parts), gset)
        self._forget()
        if any(branch.inactive for branch in self.branches):
            return
        text = "".join(part if isinstance(part, str) else part.written for part in statement.parts)
        if not text.strip():
            return
        setting = SETS_STRINGS.match(text)
        if setting:
            self.standard_strings = setting.group(1) is None or setting.group(1).lower() not in FALSE
        yield statement
        self._skip_data(len(TAKES_DATA.findall(text)))

    def _skip_data(self, blocks: int) -> None:
        """Empties the lines of data behind a COPY FROM STDIN; what else stands on its own line comes after the data."""
        start = end = self._line_end() + 1
        for _ in range(blocks):
            first = next((line for line in self.source[end:].splitlines() if line.strip()), "")
            finish = END_OF_DATA.search(self.source, end)
            if finish is None or LOOKS_LIKE_SCRIPT.match(first):
                break
            end = finish.end()
        self.source = self.source[:start] + "\n" * self.source.count("\n", start, end) + self.source[end:]


def _variable(use: re.Match) -> Variable:
    if use.group("plain"):
        return Variable(use.group("plain"), "", use.group())
    if use.group("literal"):
        return Variable(use.group("literal"), "'", use.group())
    return Variable(use.group("identifier"), '"', use.group())


def _assignment(arguments: str) -> Assignment:
    """The arguments of \\set: words whose values are put together. Backquotes run programs: not known."""
    name, _, rest = arguments.partition(" ")
    if "`" in rest:
        return Assignment(name, None)
    parts: list[str | Variable] = []
    token = re.compile(r"""'((?:[^'\\]|\\.|'')*)'|"([^"]*)"|(:(?:\w+|'\w+'|"\w+"))|([^\s'":]+|:)|\s+""")
    for match in token.finditer(rest):
        quoted, double_quoted, use, word = match.groups()
        if quoted is not None:
            unescaped = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), quoted)
            parts.append(unescaped.replace("''", "'"))
        elif use:
            parts.append(_variable(VARIABLE.match(use)))
        elif double_quoted is not None or word:
            parts.append(match.group())
    return Assignment(name, tuple(parts))
