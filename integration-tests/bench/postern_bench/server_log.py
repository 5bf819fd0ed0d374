"""What reached the standby by way of Postern, by the standby's own log (log_statement = all)."""

import json
from collections import Counter
from pathlib import Path

from .suite import DIRECT_ADDRESS

STATEMENT = "statement: "
SYNTAX_ERROR = "42601"


def reached(folder: Path) -> Counter:
    """How often each text was sent by sessions that are not direct ones: Postern's, its own questions among them."""
    texts: Counter = Counter()
    last: dict[str, str] = {}
    with (folder / "standby.json").open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("remote_host", DIRECT_ADDRESS) == DIRECT_ADDRESS:
                continue
            session, message = entry["session_id"], entry.get("message", "")
            if message.startswith(STATEMENT):
                last[session] = message[len(STATEMENT) :]
                texts[last[session]] += 1
            elif message.startswith("execute "):
                texts[message.partition(": ")[2]] += 1
            elif entry.get("state_code") == SYNTAX_ERROR and entry.get("statement", "") != last.get(session):
                # A text that does not parse is never logged as a statement, only with its error.
                texts[entry.get("statement", "")] += 1
    return texts
