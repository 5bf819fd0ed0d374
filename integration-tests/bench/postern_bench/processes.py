"""Child processes that end with the benchmark, and what the kernel says about them."""

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Trouble(Exception):
    """Why the benchmark cannot go on, in words for its user."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def unprivileged(command: list[str]) -> list[str]:
    """PostgreSQL and PgBouncer refuse to run as root; in a user namespace they are nobody, with root's files."""
    return ["unshare", "-U", *command] if os.geteuid() == 0 else command


def run(command: list[str], **options) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise Trouble(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-800:]}")
    return done.stdout


def wait_until(holds, what: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def accepts(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
        return True
    except OSError:
        return False


class Child:
    """A process of ours: started in its own session, ended by terminate, then kill."""

    def __init__(self, name: str, command: list[str], log: Path, **options):
        self.name = name
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **options
            )
        self.pid = self.process.pid

    def wait_until(self, holds, seconds: float) -> None:
        def holds_or_ended() -> bool:
            if self.process.poll() is not None:
                raise Trouble(f"{self.name} ended with {self.process.returncode}: {self.output()[-1500:]}")
            return holds()

        wait_until(holds_or_ended, f"{self.name} ready", seconds)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(sign)
                try:
                    self.process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    continue


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads, those that ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise Trouble(f"process {pid} has no VmRSS")


class PeakResident:
    """The largest resident set of a process while the block runs, looked at 20 times a second."""

    def __init__(self, pid: int):
        self.pid = pid
        self.bytes = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self.done.wait(0.05):
            self.bytes = max(self.bytes, resident_bytes(self.pid))

    def __enter__(self) -> "PeakResident":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.done.set()
        self.thread.join()
        self.bytes = max(self.bytes, resident_bytes(self.pid))
