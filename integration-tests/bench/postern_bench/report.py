"""Figures as tables."""

from dataclasses import dataclass, field
from statistics import median

from .measurements import Idle, Sample, Transfer, Workload

MIB = 1024 * 1024


@dataclass
class Result:
    """The runs of one workload on one route."""

    workload: Workload
    route: str
    samples: list[Sample] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def tps(self) -> float | None:
        return median(sample.tps for sample in self.samples) if self.samples else None

    @property
    def latency_ms(self) -> float | None:
        return median(sample.latency_ms for sample in self.samples) if self.samples else None

    @property
    def cpu_us(self) -> float | None:
        known = [sample.cpu_us for sample in self.samples if sample.cpu_us is not None]
        return median(known) if known else None


@dataclass
class LargeResult:
    """The transfers of one kind of result on one route."""

    content: str
    route: str
    transfers: list[Transfer] = field(default_factory=list)

    @property
    def mib_per_second(self) -> float:
        return median(transfer.mib_per_second for transfer in self.transfers)


def transactions(results: list[Result]) -> str:
    rows = [["pgbench -S", "clients", "route", "TPS", "/direct", "/pgbouncer", "mean ms", "CPU us/tx"]]
    for result in results:
        alike = {other.route: other.tps for other in results if other.workload == result.workload}
        rows.append(
            [
                result.workload.name,
                str(result.workload.clients),
                result.route,
                _number(result.tps, 0),
                _ratio(result.tps, alike.get("direct")),
                _ratio(result.tps, alike.get("pgbouncer")),
                _number(result.latency_ms, 3),
                _number(result.cpu_us, 1),
            ]
        )
    return _table(rows, left=3)


def large_results(results: list[LargeResult]) -> str:
    rows = [["result", "route", "MiB/s", "/direct", "RSS before MiB", "RSS peak MiB"]]
    for result in results:
        alike = {other.route: other.mib_per_second for other in results if other.content == result.content}
        before = [t.resident_before for t in result.transfers if t.resident_before is not None]
        peak = [t.resident_peak for t in result.transfers if t.resident_peak is not None]
        rows.append(
            [
                result.content,
                result.route,
                f"{result.mib_per_second:.0f}",
                _ratio(result.mib_per_second, alike.get("direct")),
                f"{before[0] / MIB:.0f}" if before else "",
                f"{max(peak) / MIB:.0f}" if peak else "",
            ]
        )
    return _table(rows, left=2)


def idle(result: Idle) -> str:
    return (
        f"Postern's resident memory: {result.resident_without / MIB:.0f} MiB without agents, "
        f"{result.resident_with / MIB:.0f} MiB with {result.agents} idle ones "
        f"(peak while they connected: {result.resident_peak / MIB:.0f} MiB)"
    )


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


def _ratio(value: float | None, reference: float | None) -> str:
    return f"{value / reference:.2f}" if value is not None and reference else ""


def _table(rows: list[list[str]], left: int) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
