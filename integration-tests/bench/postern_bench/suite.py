"""PostgreSQL's own regression suite: where it comes from, and a cluster whose database it populated."""

import json
import re
import shutil
import subprocess
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from .processes import LOOPBACK, Trouble, run
from .servers import ADMIN, READER, Cluster, Route, client_environment

DATABASE = "regression"
# Sessions with the standby come from different loopback addresses, so that its log tells them apart.
DIRECT_ADDRESS = "127.0.0.2"
# A script that hangs would hold up everything.
SCRIPT_SECONDS = 300
# What pg_regress sets for the sessions of its scripts.
SESSION_SETTINGS = {
    "timezone": "America/Los_Angeles",
    "datestyle": "Postgres, MDY",
    "intervalstyle": "postgres_verbose",
}
DATABASE_SETTINGS = {
    "lc_messages": "C",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    "bytea_output": "hex",
    "timezone_abbreviations": "Default",
}

ONLY_SELECT = f"""
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT quote_ident(nspname) FROM pg_namespace
              WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' LOOP
    EXECUTE 'REVOKE CREATE ON SCHEMA ' || name || ' FROM PUBLIC';
    EXECUTE 'GRANT USAGE ON SCHEMA ' || name || ' TO {READER}';
    EXECUTE 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA '
            || name || ' FROM PUBLIC';
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA ' || name || ' TO {READER}';
  END LOOP;
END $$
"""


SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1"

# What an administrator who has looked at them would allow.
READING_FUNCTIONS = r"""
SELECT nspname || '.' || proname
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND (nspname || proname) ~ '^[a-z0-9_]+$'
 GROUP BY nspname, proname
HAVING NOT bool_or(prokind = 'p' OR coalesce(pg_get_function_sqlbody(p.oid), prosrc)
         ~* ('\y(insert|update|delete|merge|truncate|create|alter|drop|grant|revoke|copy|lock|notify|nextval|setval'
             || '|lo_\w+)\y'))
 ORDER BY 1
"""


def version(binaries: Path) -> tuple[str, str]:
    """The server's major version, and the version of Debian's package ('' if it is not Debian's)."""
    text = run([str(binaries / "postgres"), "--version"])
    major = re.search(r"\) (\d+)", text).group(1)
    package = re.search(r"\(Debian (\S+)\)", text)
    return major, package.group(1) if package else ""


class Debian:
    """Debian's packages by its own mirrors as this machine has them configured, without a change to the machine."""

    def __init__(self, cache: Path):
        self.cache = cache.resolve()
        self.cache.mkdir(parents=True, exist_ok=True)

    def suite(self, major: str, package_version: str) -> Path:
        """src/test/regress of the source package, of the server's exact version if the mirror has it."""
        found = self._find(major)
        if found is None:
            self._with_sources()
            name = f"postgresql-{major}"
            known = re.findall(r"^Version: (\S+)", self._apt("apt-cache", "showsrc", name), re.MULTILINE)
            wanted = sorted(set(known), key=lambda v: (v == package_version, v), reverse=True)
            commands = [["source", "--download-only", f"{name}={version_}"] for version_ in wanted]
            self._first_that_works(commands, f"the sources of {name}")
            for archive in self.cache.glob(f"{name}_*.orig.tar.*"):
                with tarfile.open(archive) as tar:
                    members = [m for m in tar if "/src/test/regress/" in m.name and (m.isfile() or m.isdir())]
                    tar.extractall(self.cache, members)
            found = self._find(major)
        if found is None:
            raise Trouble(f"no src/test/regress in what apt-get brought to {self.cache}")
        return found

    def headers(self, major: str, package_version: str) -> Path:
        """The server's header files out of its development package, which is unpacked but not installed."""
        folder = self.cache / "development"
        headers = folder / f"usr/include/postgresql/{major}/server"
        if not headers.is_dir():
            name = f"postgresql-server-dev-{major}"
            wanted = ([f"{name}={package_version}"] if package_version else []) + [name]
            self._first_that_works([["download", package] for package in wanted], name)
            package = max(self.cache.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
            run(["dpkg", "-x", str(package), str(folder)])
        return headers

    def _find(self, major: str) -> Path | None:
        return next(iter(sorted(self.cache.glob(f"postgresql-{major}*/src/test/regress"), reverse=True)), None)

    def _with_sources(self) -> None:
        """A list of sources of our own: what is configured for packages, asked for sources."""
        (self.cache / "lists/partial").mkdir(parents=True, exist_ok=True)
        parts = self.cache / "sources"
        parts.mkdir(exist_ok=True)
        for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
            if path.suffix == ".sources":
                text = re.sub(r"^Types:.*$", "Types: deb-src", path.read_text(), flags=re.MULTILINE)
                (parts / path.name).write_text(text)
            elif path.suffix == ".list" and path.is_file():
                lines = [line for line in path.read_text().splitlines() if re.match(r"deb\s", line)]
                (parts / path.name).write_text("".join(re.sub(r"^deb\s", "deb-src ", line) + "\n" for line in lines))
        self._apt("apt-get", "update", "-q")

    def _apt(self, program: str, *arguments: str) -> str:
        ours = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": str(self.cache / "sources"),
            "Dir::State::lists": str(self.cache / "lists"),
            "Dir::Cache::srcpkgcache": "",
            "Dir::Cache::pkgcache": "",
            "APT::Sandbox::User": "root",
        }
        options = [word for name, value in ours.items() for word in ("-o", f"{name}={value}")]
        return run([program, *options, *arguments], cwd=self.cache)

    def _first_that_works(self, commands: list[list[str]], what: str) -> None:
        troubles = []
        for command in commands:
            try:
                if command[0] == "source":
                    self._apt("apt-get", *command)
                else:
                    run(["apt-get", *command], cwd=self.cache)
                return
            except Trouble as trouble:
                troubles.append(str(trouble))
        raise Trouble(f"apt-get did not bring {what}: {' / '.join(troubles)[-800:] or 'no version of it is known'}")


def compile_library(suite: Path, headers: Path, binaries: Path, folder: Path) -> None:
    """regress.so, and beside it the contrib modules that the suite loads from the same folder."""
    folder.mkdir(exist_ok=True)
    command = ["cc", "-O2", "-fPIC", "-shared", "-w", "-I", str(headers), "-I", str(suite)]
    run([*command, "-o", str(folder / "regress.so"), str(suite / "regress.c")])
    for module in ("autoinc.so", "refint.so"):
        installed = binaries.parent / "lib" / module
        if not installed.exists():
            raise Trouble(f"{installed} is missing: the suite needs the contrib module spi")
        shutil.copy(installed, folder / module)


def scripts(suite: Path) -> list[Path]:
    """The suite's scripts in the order of its schedule, then those that are in none."""
    scheduled = []
    for line in (suite / "parallel_schedule").read_text().splitlines():
        if line.startswith("test:"):
            scheduled += line.split()[1:]
    files = [suite / "sql" / f"{name}.sql" for name in scheduled]
    return [f for f in files if f.exists()] + sorted(set((suite / "sql").glob("*.sql")) - set(files))


@dataclass(frozen=True)
class Population:
    """How the suite's own run went."""

    scripts: int
    as_expected: list[str]
    otherwise: list[str]


class SuiteCluster(Cluster):
    """A cluster whose database is what the suite leaves behind, and whose reader may SELECT from all of it."""

    def __init__(self, binaries: Path, folder: Path, suite: Path, libraries: Path, say):
        super().__init__(binaries, folder, DATABASE, 20)
        self.suite = suite
        self.libraries = libraries
        self.say = say
        self.population: Population | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts ask for with \\getenv."""
        return {
            "PG_ABS_SRCDIR": str(self.suite),
            "PG_ABS_BUILDDIR": str(self.folder / "build"),
            "PG_LIBDIR": str(self.libraries),
            "PG_DLSUFFIX": ".so",
        }

    @property
    def log_folder(self) -> Path:
        return self.folder / "standby/log"

    def functions(self, only_reading: bool) -> list[str]:
        """The suite's own, as a policy names them. only_reading: without those whose bodies have a word that writes."""
        if not only_reading:
            return [f"{schema}.*" for schema in self.sql(self.port, ADMIN, DATABASE, SCHEMAS).split()]
        return self.sql(self.port, ADMIN, DATABASE, READING_FUNCTIONS).split()

    def stop_standby(self) -> None:
        self._stop(self.started.pop(), "fast")

    def start(self) -> Route:
        """Starts what an earlier run has left in the folder, if there is something."""
        populated = self.folder / "population.json"
        if populated.exists():
            self.population = Population(**json.loads(populated.read_text()))
            primary, standby = self.folder / "primary", self.folder / "standby"
            self._start(primary, self.primary_port)
            settings = standby / "postgresql.auto.conf"
            settings.write_text(re.sub(r"port=\d+", f"port={self.primary_port}", settings.read_text()))
            shutil.rmtree(self.log_folder, ignore_errors=True)
            return self._start_standby(standby)
        route = super().start()
        populated.write_text(json.dumps(asdict(self.population)))
        return route

    def _configure(self, data: Path) -> None:
        with (data / "postgresql.conf").open("a") as settings:
            settings.write("max_prepared_transactions = 2\nwal_level = replica\nmax_wal_size = 4GB\n")
        # The scripts connect as roles of their own, which have no passwords.
        rules = data / "pg_hba.conf"
        rules.write_text(f"host all all {LOOPBACK}/32 trust\n" + rules.read_text())

    def _fill(self) -> None:
        (self.folder / "build/results").mkdir(parents=True)
        for name, value in DATABASE_SETTINGS.items():
            self.sql(self.primary_port, ADMIN, "postgres", f"ALTER DATABASE {DATABASE} SET {name} TO '{value}'")
        names = {True: [], False: []}
        all_scripts = scripts(self.suite)
        for number, script in enumerate(all_scripts):
            if number % 40 == 0:
                self.say(f"Populating: script {number + 1} of {len(all_scripts)} ...")
            names[self._run_script(script)].append(script.stem)
        self.population = Population(len(all_scripts), names[True], names[False])
        self.sql(self.primary_port, ADMIN, DATABASE, ONLY_SELECT)
        self.sql(self.primary_port, ADMIN, DATABASE, "VACUUM FREEZE ANALYZE")

    def _run_script(self, script: Path) -> bool:
        """As pg_regress does it; tells whether the output is one of those expected."""
        environment = {**client_environment(), **self.environment}
        environment |= {"PGTZ": SESSION_SETTINGS["timezone"], "PGDATESTYLE": SESSION_SETTINGS["datestyle"]}
        environment |= {"PGOPTIONS": f"-c intervalstyle={SESSION_SETTINGS['intervalstyle']}", "LC_ALL": "C"}
        environment |= {"PGAPPNAME": f"pg_regress/{script.stem}", "PGCLIENTENCODING": "UTF8"}
        command = [str(self.binaries / "psql"), "-X", "-a", "-q", "-h", LOOPBACK, "-p", str(self.primary_port)]
        command += ["-U", ADMIN, "-d", DATABASE, "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on"]
        results = self.folder / "build/results"
        output = results / f"{script.stem}.out"
        with script.open("rb") as source, output.open("wb") as target:
            try:
                subprocess.run(
                    command,
                    stdin=source,
                    stdout=target,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    cwd=results.parent,
                    timeout=SCRIPT_SECONDS,
                )
            except subprocess.TimeoutExpired:
                return False
        actual = output.read_bytes()
        expected = self.suite / "expected"
        variants = [expected / f"{script.stem}{suffix}.out" for suffix in ("", *(f"_{n}" for n in range(10)))]
        return any(path.exists() and _alike(path.read_bytes(), actual) for path in variants)

    def _prepare_standby(self, data: Path) -> None:
        rules = [line for line in (data / "pg_hba.conf").read_text().splitlines() if not line.endswith("trust")]
        rules.append(f"host all {READER} {DIRECT_ADDRESS}/32 scram-sha-256")
        (data / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(
                "logging_collector = on\nlog_destination = 'jsonlog'\nlog_directory = 'log'\n"
                "log_filename = 'standby.log'\nlog_rotation_age = 0\nlog_rotation_size = 0\nlog_statement = 'all'\n"
                "log_min_messages = 'error'\nlog_min_error_statement = 'error'\nhot_standby_feedback = off\n"
                "synchronize_seqscans = off\n"
            )


def _alike(expected: bytes, actual: bytes) -> bool:
    """Equal but for white space, as pg_regress compares (diff -w)."""
    return b"".join(expected.split()) == b"".join(actual.split())
