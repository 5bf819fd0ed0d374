"""What is measured, one run at a time."""

import re
import subprocess
import time
from dataclasses import dataclass

from .processes import LOOPBACK, PeakResident, Trouble, cpu_seconds, resident_bytes
from .servers import DATABASE, PASSWORD, PgbenchCluster, Route, client_environment
from .wire import Connection

PROGRESS = re.compile(r"progress: ([0-9.]+) s, ([0-9.]+) tps, lat ([0-9.]+) ms")
LARGE_RESULTS = {
    "table rows": "SELECT a.* FROM pgbench_accounts a, generate_series(1, {bytes} / 122 / {accounts} + 1)",
    "strings of 1,000 bytes": "SELECT repeat('x', 1000) FROM generate_series(1, {bytes} / 1011)",
}


@dataclass(frozen=True)
class Workload:
    """pgbench -S in one query mode; reconnect: a connection for each transaction (-C)."""

    mode: str
    clients: int
    reconnect: bool

    @property
    def name(self) -> str:
        return f"{self.mode} -C" if self.reconnect else self.mode


@dataclass(frozen=True)
class Sample:
    """One pgbench run, without its first second, in which clients connect."""

    tps: float
    latency_ms: float
    cpu_us: float | None


def pgbench(cluster: PgbenchCluster, route: Route, workload: Workload, seconds: int, threads: int) -> Sample:
    command = [str(cluster.binaries / "pgbench"), "-h", LOOPBACK, "-p", str(route.port), "-U", route.user]
    command += ["-n", "-S", "-M", workload.mode, "-c", str(workload.clients), "-j", str(min(threads, workload.clients))]
    command += ["-T", str(seconds + 1), "-P", "1", *(["-C"] if workload.reconnect else []), DATABASE]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=client_environment()
    )
    marks: list[tuple[float, float]] = []
    transactions, waited, complaints = 0.0, 0.0, []
    try:
        for line in process.stderr:
            progress = PROGRESS.match(line)
            if progress is None:
                complaints.append(line)
                continue
            now, tps, latency = map(float, progress.groups())
            if marks:
                count = tps * (now - marks[-1][0])
                transactions += count
                waited += count * latency
            marks.append((now, cpu_seconds(route.pid) if route.pid else 0.0))
        code = process.wait()
    finally:
        process.kill()
        process.wait()
    if code != 0 or transactions == 0:
        raise Trouble(f"pgbench through {route.name}: {''.join(complaints)[-800:] or 'not one transaction'}")
    elapsed, cpu = marks[-1][0] - marks[0][0], marks[-1][1] - marks[0][1]
    return Sample(
        tps=transactions / elapsed,
        latency_ms=waited / transactions,
        cpu_us=cpu * 1e6 / transactions if route.pid else None,
    )


@dataclass(frozen=True)
class Transfer:
    """One large result."""

    bytes: int
    seconds: float
    resident_before: int | None
    resident_peak: int | None

    @property
    def mib_per_second(self) -> float:
        return self.bytes / self.seconds / 1024 / 1024


def large_result(cluster: PgbenchCluster, route: Route, content: str, size: int) -> Transfer:
    sql = LARGE_RESULTS[content].format(bytes=size, accounts=cluster.scale * 100_000)
    connection = Connection(route.port, route.user, PASSWORD, DATABASE)
    try:
        if route.pid is None:
            return _transfer(connection, sql)
        before = resident_bytes(route.pid)
        with PeakResident(route.pid) as peak:
            transfer = _transfer(connection, sql)
        return Transfer(transfer.bytes, transfer.seconds, before, peak.bytes)
    finally:
        connection.close()


def _transfer(connection: Connection, sql: str) -> Transfer:
    start = time.monotonic()
    size = connection.result_bytes(sql)
    return Transfer(size, time.monotonic() - start, None, None)


@dataclass(frozen=True)
class Idle:
    """Postern with connected agents that do nothing."""

    agents: int
    resident_without: int
    resident_with: int
    resident_peak: int


def idle_agents(route: Route, agents: int) -> Idle:
    connections: list[Connection] = []
    before = resident_bytes(route.pid)
    try:
        with PeakResident(route.pid) as peak:
            for _ in range(agents):
                connections.append(Connection(route.port, route.user, PASSWORD, DATABASE))
            for connection in connections:
                connection.result_bytes("SELECT 1")
            time.sleep(5)
            settled = resident_bytes(route.pid)
        return Idle(agents, before, settled, peak.bytes)
    finally:
        for connection in connections:
            connection.close()
