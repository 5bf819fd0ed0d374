"""The servers that are compared: a primary and its hot standby, PgBouncer, the bare relay, Postern."""

import glob
import os
import shutil
import textwrap
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .processes import LOOPBACK, Child, Trouble, accepts, free_port, run, unprivileged, wait_until
from .wire import scram_verifier

ROOT = Path(__file__).resolve().parents[3]
DATABASE = "bench"
ADMIN = "postgres"
READER = "postern_reader"
AGENT = "bench-agent"
PASSWORD = "benchmark-on-loopback"
RELAY = ROOT / "integration-tests/src/test/java/dev/postern/bench/BareRelay.java"
LIBRARIES = ROOT / "proxy-server/target/lib"
# A first ./postern builds.
BUILD_SECONDS = 900


@dataclass(frozen=True)
class Route:
    """A way to the standby: where to connect, as whom, and whose CPU it costs beside PostgreSQL's (None: nobody's)."""

    name: str
    port: int
    user: str
    pid: int | None


def postgresql_binaries() -> Path:
    candidates = [*glob.glob("/usr/lib/postgresql/*/bin"), *glob.glob("/usr/pgsql-*/bin")]
    newest_first = sorted(candidates, key=lambda folder: int("".join(c for c in folder if c.isdigit())), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*newest_first, *([str(Path(on_path).resolve().parent)] if on_path else [])]:
        if (Path(folder) / "initdb").exists() and (Path(folder) / "pgbench").exists():
            return Path(folder)
    raise Trouble("no PostgreSQL with initdb and pgbench was found (Debian: apt install postgresql); or say --pg-bin")


def jdk_25() -> Path:
    for home in [os.environ.get("JAVA_HOME", ""), *glob.glob("/usr/lib/jvm/*25*"), *glob.glob("/opt/*25*")]:
        release = Path(home) / "release"
        if home and release.exists() and 'JAVA_VERSION="25' in release.read_text():
            return Path(home)
    raise Trouble("no JDK 25 was found: set JAVA_HOME")


class Cluster:
    """A primary with content and a hot standby of it, both small, without fsync."""

    def __init__(self, binaries: Path, folder: Path, database: str, connections: int):
        self.binaries = binaries
        self.folder = folder
        self.database = database
        self.connections = connections
        self.primary_port = free_port()
        self.port = free_port()
        self.started: list[Path] = []

    def start(self) -> Route:
        primary, standby = self.folder / "primary", self.folder / "standby"
        password_file = self.folder / "password"
        password_file.write_text(PASSWORD)
        self._postgresql(
            "initdb",
            *["-D", str(primary), "-U", ADMIN, "-A", "scram-sha-256", "--pwfile", str(password_file), "-N"],
            *["-E", "UTF8", "--no-locale"],
        )
        with (primary / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = '{LOOPBACK}'\nunix_socket_directories = ''\nfsync = off\n"
                f"shared_buffers = 256MB\nmax_connections = {2 * self.connections + 100}\nautovacuum = off\n"
            )
        with (primary / "pg_hba.conf").open("a") as rules:
            rules.write(f"host replication {ADMIN} {LOOPBACK}/32 scram-sha-256\n")
        self._configure(primary)
        self._start(primary, self.primary_port)
        self.sql(self.primary_port, ADMIN, "postgres", f"CREATE DATABASE {self.database}")
        self.sql(self.primary_port, ADMIN, self.database, f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
        self._fill()
        self.client("pg_basebackup", self.primary_port, ADMIN, "-R", "-X", "stream", "-c", "fast", "-D", str(standby))
        self._prepare_standby(standby)
        return self._start_standby(standby)

    def _start_standby(self, standby: Path) -> Route:
        self._start(standby, self.port)
        wait_until(
            lambda: self.sql(self.port, ADMIN, self.database, "SELECT pg_is_in_recovery()").strip() == "t",
            "the standby answers",
            30,
        )
        return Route("direct", self.port, READER, None)

    def _configure(self, data: Path) -> None:
        """Adds to the primary's settings."""

    def _fill(self) -> None:
        """Gives the primary its content, and the reader what it may read."""
        raise NotImplementedError

    def _prepare_standby(self, data: Path) -> None:
        """Changes what the standby's settings should differ in."""

    def reader_verifier(self) -> str:
        return self.sql(
            self.primary_port, ADMIN, self.database, f"SELECT rolpassword FROM pg_authid WHERE rolname = '{READER}'"
        ).strip()

    def sql(self, port: int, user: str, database: str, text: str) -> str:
        return self.client("psql", port, user, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-c", text, database)

    def client(self, program: str, port: int, user: str, *arguments: str) -> str:
        where = ["-h", LOOPBACK, "-p", str(port), "-U", user]
        command = [str(self.binaries / program), *where, *arguments]
        if program == "pg_basebackup":
            command = unprivileged(command)
        return run(command, env=client_environment())

    def stop(self) -> None:
        while self.started:
            self._stop(self.started.pop(), "immediate")

    def _stop(self, data: Path, mode: str) -> None:
        self._postgresql("pg_ctl", "-D", str(data), "-m", mode, "-w", "stop")

    def _start(self, data: Path, port: int) -> None:
        self.started.append(data)
        log = self.folder / f"{data.name}.log"
        self._postgresql("pg_ctl", "-D", str(data), "-o", f"-p {port}", "-l", str(log), "-w", "start")

    def _postgresql(self, program: str, *arguments: str) -> None:
        # Not through a pipe: the server that pg_ctl leaves behind would keep it open.
        log = self.folder / f"{program}.out"
        child = Child(program, unprivileged([str(self.binaries / program), *arguments]), log)
        if child.process.wait(timeout=120) != 0:
            raise Trouble(f"{program}: {child.output()[-800:]}")


class PgbenchCluster(Cluster):
    """With pgbench's tables."""

    def __init__(self, binaries: Path, folder: Path, scale: int, connections: int):
        super().__init__(binaries, folder, DATABASE, connections)
        self.scale = scale

    def _fill(self) -> None:
        self.client("pgbench", self.primary_port, ADMIN, "-i", "-q", "-s", str(self.scale), DATABASE)
        self.sql(self.primary_port, ADMIN, DATABASE, "VACUUM FREEZE ANALYZE")
        self.sql(self.primary_port, ADMIN, DATABASE, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}")


def client_environment() -> dict[str, str]:
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**quiet, "PGPASSWORD": PASSWORD, "PGSSLMODE": "disable", "PGGSSENCMODE": "disable"}


def start_pgbouncer(
    program: str, folder: Path, cluster: Cluster, stack: ExitStack, share: int | None = None
) -> Route:
    """share: how many connections serve a transaction each; without it each client has one."""
    port = free_port()
    users = folder / "users.txt"
    users.write_text(f'"{READER}" "{cluster.reader_verifier()}"\n')
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n{DATABASE} = host={LOOPBACK} port={cluster.port} dbname={DATABASE}\n"
        f"[pgbouncer]\nlisten_addr = {LOOPBACK}\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = {'transaction' if share else 'session'}\n"
        f"max_client_conn = 5000\ndefault_pool_size = {share or cluster.connections}\nlog_connections = 0\n"
        "log_disconnections = 0\n"
    )
    child = Child("PgBouncer", unprivileged([program, str(settings)]), folder / "pgbouncer.log")
    stack.callback(child.stop)
    child.wait_until(lambda: accepts(port), 20)
    return Route("pgbouncer", port, READER, child.pid)


def start_relay(folder: Path, cluster: Cluster, stack: ExitStack) -> Route:
    if not LIBRARIES.is_dir():
        raise Trouble("the relay needs Netty in proxy-server/target/lib: run ./postern once")
    port = free_port()
    java = str(jdk_25() / "bin/java")
    options = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC"]
    heap = ["-Xmx256m", "-cp", f"{LIBRARIES}/*"]
    child = Child(
        "the relay", [java, *options, *heap, str(RELAY), str(port), str(cluster.port)], folder / "relay.log"
    )
    stack.callback(child.stop)
    child.wait_until(lambda: "ready" in child.output(), 60)
    return Route("relay", port, READER, child.pid)


def start_postern(
    command: str, folder: Path, cluster: Cluster, stack: ExitStack, rules: str = "", share: int | None = None
) -> Route:
    """rules: lines of YAML for the policy, beside its limits. share: as for PgBouncer."""
    pool = f"mode: transaction, max: {share}" if share else f"max: {cluster.connections}"
    port, admin = free_port(), free_port()
    secret = folder / "upstream-password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    settings = folder / "postern.yaml"
    settings.write_text(
        f"""\
listen: {{host: {LOOPBACK}, port: {port}, tls: {{mode: disable}}, max_unauthenticated: 2000}}
admin: {{host: {LOOPBACK}, port: {admin}}}
upstreams:
  standby:
    hosts: ["{LOOPBACK}:{cluster.port}"]
    user: {READER}
    password: "${{file:{secret}}}"
    tls: {{mode: disable}}
    pool: {{{pool}}}
policies:
  bench:
    upstream: standby
    databases: [{cluster.database}]
    limits: {{statement_timeout: 10m, max_sessions: {cluster.connections}}}
{textwrap.indent(rules, "    ")}
agents:
  {AGENT}: {{policy: bench, verifier: "{scram_verifier(PASSWORD)}"}}
audit:
  file: {{directory: "{folder / 'audit'}", rotate: 256MiB}}
"""
    )
    child = Child("Postern", [command, "serve", "--config", str(settings)], folder / "postern.log")
    stack.callback(child.stop)
    child.wait_until(lambda: "ready" in child.output().split(), BUILD_SECONDS)
    return Route("postern", port, AGENT, child.pid)
