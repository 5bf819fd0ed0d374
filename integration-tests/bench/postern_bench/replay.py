"""Runs the suite's statements in lockstep and says of each what became of it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .lockstep import READING, Answer, Lockstep, Round, first_word
from .psql_script import Assignment, Reconnection, Script, Statement, Variables

# What a statement counts as. The first three may run: no error directly, twice the same bytes.
IDENTICAL = "identical"
DIFFERENT = "different"
DENIED = "denied"
# No error directly, but not the same bytes twice.
VARYING = "varying"
VARYING_DENIED = "varying, denied"
# An error directly.
ERROR = "error"
ERROR_DENIED = "error, denied"
MAY_RUN = (IDENTICAL, DIFFERENT, DENIED)
READ_ONLY_TRANSACTION = "25006"
INSUFFICIENT_PRIVILEGE = "42501"
# What answers with rows, or shows how it would; the other statements that may run are about the session.
QUERIES = {"select", "values", "table", "with", "explain", "show", "copy", "execute", "fetch"}


@dataclass(frozen=True)
class Outcome:
    """One statement. denial: Postern's DETAIL. sqlstate: of the direct error, if there was one."""

    script: str
    line: int
    text: str
    kind: str
    verb: str
    sqlstate: str = ""
    denial: dict | None = None
    message: str = ""
    hint: str = ""

    @property
    def writes(self) -> bool:
        """It is no read by its first word, or PostgreSQL refused it as a write."""
        return self.sqlstate == READ_ONLY_TRANSACTION or self.verb not in READING


@dataclass
class Replay:
    """Everything that was found."""

    outcomes: list[Outcome] = field(default_factory=list)
    differences: list[tuple[Outcome, Round]] = field(default_factory=list)
    unresolved: list[tuple[str, int]] = field(default_factory=list)
    passed: Counter = field(default_factory=Counter)
    renewals: int = 0


def replay(scripts: list[Path], environment: dict[str, str], lockstep: Lockstep, say) -> Replay:
    result = Replay()
    for number, path in enumerate(scripts):
        if number % 20 == 0:
            say(f"Comparing: script {number + 1} of {len(scripts)}, {len(result.outcomes)} statements so far ...")
        _replay_script(path, environment, lockstep, result)
    lockstep.close()
    result.passed = Counter(lockstep.passed)
    result.renewals = lockstep.renewals
    return result


def _replay_script(path: Path, environment: dict[str, str], lockstep: Lockstep, result: Replay) -> None:
    variables = Variables()
    source = path.read_bytes().decode("utf-8", "surrogateescape")
    lockstep.begin()
    for event in Script(source, environment).events():
        if isinstance(event, Assignment):
            variables.assign(event)
        elif isinstance(event, Reconnection):
            lockstep.begin()
        else:
            text = event.text(variables)
            if text is None:
                result.unresolved.append((path.stem, event.line))
                continue
            round_ = lockstep.ask(text)
            outcome = _outcome(path.stem, event, round_)
            result.outcomes.append(outcome)
            if outcome.kind == DIFFERENT or (outcome.kind == ERROR and _differs(round_)):
                result.differences.append((outcome, round_))
            if event.gset is not None:
                _assign_row(event, round_.first, variables)


def _assign_row(statement: Statement, answer: Answer, variables: Variables) -> None:
    row = answer.first_row() if answer.ok else None
    if row is None:
        variables.missing = True
        return
    for name, value in row.items():
        variables.values[f"{statement.gset}{name}"] = value


def _differs(round_: Round) -> bool:
    return round_.postern.denial is None and round_.first.data == round_.second.data != round_.postern.data


def _outcome(script: str, statement: Statement, round_: Round) -> Outcome:
    denial = round_.postern.denial
    if not round_.first.ok:
        kind = ERROR if denial is None else ERROR_DENIED
    elif not round_.repeatable:
        kind = VARYING if denial is None else VARYING_DENIED
    elif denial is not None:
        kind = DENIED
    else:
        kind = IDENTICAL if round_.first.data == round_.postern.data else DIFFERENT
    error = (round_.postern.error or {}) if denial else {}
    return Outcome(
        script=script,
        line=statement.line,
        text=round_.text,
        kind=kind,
        verb=first_word(round_.text),
        sqlstate=round_.first.sqlstate,
        denial=denial,
        message=error.get("M", ""),
        hint=error.get("H", ""),
    )


@dataclass(frozen=True)
class Reached:
    """What the standby refused and Postern had not, and what should not have reached it, by the standby's own log.

    errors: all that it refused. writes: of these, what is no read. privileged: reads that the role had no right to.
    denied: what Postern refused and sent all the same. unlogged: of the identical ones; a log with holes would prove
    nothing.
    """

    errors: list[Outcome]
    writes: list[Outcome]
    privileged: list[Outcome]
    denied: list[Outcome]
    unlogged: int


def what_reached(result: Replay, logged: Counter) -> Reached:
    errors = [o for o in result.outcomes if o.kind == ERROR and logged[o.text] > 0]
    more_often = {text for text, times in logged.items() if times > result.passed[text]}
    return Reached(
        errors=errors,
        writes=[o for o in errors if o.writes],
        privileged=[o for o in errors if not o.writes and o.sqlstate == INSUFFICIENT_PRIVILEGE],
        denied=[o for o in result.outcomes if o.denial and o.text in more_often],
        unlogged=sum(1 for o in result.outcomes if o.kind == IDENTICAL and logged[o.text] == 0),
    )


def summary(result: Replay, found: Reached) -> dict:
    kinds = Counter(outcome.kind for outcome in result.outcomes)
    may_run = sum(kinds[kind] for kind in MAY_RUN)
    queries = Counter(outcome.kind for outcome in result.outcomes if outcome.verb in QUERIES)
    queries_may_run = sum(queries[kind] for kind in MAY_RUN)
    return {
        "statements": len(result.outcomes),
        "left_out_for_a_variable": len(result.unresolved),
        "may_run": may_run,
        "identical": kinds[IDENTICAL],
        "identical_percent": _percent(kinds[IDENTICAL], may_run),
        "different": kinds[DIFFERENT],
        "denied": kinds[DENIED],
        "denied_by_rule": _by_rule(result, DENIED),
        "queries_may_run": queries_may_run,
        "queries_identical": queries[IDENTICAL],
        "queries_identical_percent": _percent(queries[IDENTICAL], queries_may_run),
        "varying": kinds[VARYING] + kinds[VARYING_DENIED],
        "varying_denied_by_rule": _by_rule(result, VARYING_DENIED),
        "error_directly": kinds[ERROR] + kinds[ERROR_DENIED],
        "error_denied": kinds[ERROR_DENIED],
        "error_reached": len(found.errors),
        "error_reached_by_sqlstate": dict(Counter(o.sqlstate for o in found.errors).most_common()),
        "error_answered_otherwise": sum(1 for o, _ in result.differences if o.kind == ERROR),
        "leaked_denied": len(found.denied),
        "leaked_writes": len(found.writes),
        "reached_without_privilege": len(found.privileged),
        "identical_but_not_in_the_log": found.unlogged,
        "sessions_renewed": result.renewals,
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 3) if whole else None


def _by_rule(result: Replay, kind: str) -> dict[str, int]:
    return dict(Counter(o.denial["rule"] for o in result.outcomes if o.kind == kind).most_common())


def write(result: Replay, found: Reached, folder: Path) -> None:
    """Lists to read: what was denied and by which rule, what differs, and what reached the upstream that should not."""
    folder.mkdir(parents=True, exist_ok=True)
    _lines(folder / "denied.jsonl", [o for o in result.outcomes if o.kind == DENIED])
    _lines(folder / "varying-denied.jsonl", [o for o in result.outcomes if o.kind == VARYING_DENIED])
    _lines(folder / "error-denied.jsonl", [o for o in result.outcomes if o.kind == ERROR_DENIED and not o.writes])
    _lines(folder / "error-reached.jsonl", found.errors)
    _lines(folder / "leaked.jsonl", [*found.denied, *found.writes])
    _lines(folder / "reached-without-privilege.jsonl", found.privileged)
    (folder / "denied-groups.txt").write_text(_groups([o for o in result.outcomes if o.kind == DENIED]))
    with (folder / "different.txt").open("w", errors="backslashreplace") as target:
        for outcome, round_ in result.differences:
            target.write(f"== {outcome.script}.sql:{outcome.line} ({outcome.kind} directly)\n{outcome.text}\n")
            target.write(f"-- directly\n{_show(round_.first)}\n-- through Postern\n{_show(round_.postern)}\n\n")


def _lines(path: Path, outcomes: list[Outcome]) -> None:
    with path.open("w", errors="backslashreplace") as target:
        for o in outcomes:
            line = {"at": f"{o.script}.sql:{o.line}", "sql": o.text, "sqlstate": o.sqlstate or None, "denial": o.denial}
            line |= {"message": o.message, "hint": o.hint}
            target.write(json.dumps({key: value for key, value in line.items() if value}, ensure_ascii=False) + "\n")


def _groups(outcomes: list[Outcome]) -> str:
    """Denials of one rule and object together, the most frequent first, each with examples."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.denial["rule"], str(outcome.denial.get("object"))), []).append(outcome)
    lines = []
    for (rule, thing), members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        lines.append(f"{len(members):6}  {rule}  {thing}: {members[0].message}")
        lines += [f"          {o.script}.sql:{o.line}  {' '.join(o.text.split())[:200]}" for o in members[:3]]
    return "\n".join(line.encode("utf-8", "backslashreplace").decode() for line in lines) + "\n"


def _show(answer: Answer) -> str:
    if answer.ended:
        return "(the connection ended)"
    return "\n".join(f"{kind.decode()} {body!r}"[:600] for kind, body in answer.messages[:40])
