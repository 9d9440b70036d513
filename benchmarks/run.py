"""`make bench`: prints what is measured with its floor, each from the same run; `--json` for machines.

Rounds of the measured thing and of its floor alternate, so that a noisy machine disturbs both alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import decisions, floor, measures  # noqa: E402
from benchmarks.stage import databases, house_on  # noqa: E402

ROUNDS = 5
CASES = 12
"""Cases a round: 60 completions."""
PASSES = 400
WINDOW = 20
"""Passes that are compared at the beginning and at the end of the rework loop."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.add_argument(
        "--only", choices=["feel", "sqlite", "postgres"], help="expressions and decisions, or one database, only"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    kinds = [kind for kind in ("sqlite", "postgres") if options.only in (None, kind)]
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    }
    if options.only in (None, "feel"):
        report["feel"] = decisions.measure(20 * options.rounds)
    with databases(kinds) as urls:
        for kind in kinds:
            report[kind] = measure(urls[kind], options.rounds)
    print(json.dumps(report, indent=2) if options.json else as_text(report))


def measure(url: str, rounds: int) -> dict[str, Any]:
    """Everything on one database."""
    result: dict[str, Any] = {}
    with house_on(url) as (house, actor):
        measures.complete_cases(house, actor, measures.start_cases(house, actor, 2)[0])  # warm up
        completed, bare, started = [], [], []
        for _ in range(rounds):
            instances, times = measures.start_cases(house, actor, CASES)
            started += times
            completed += measures.complete_cases(house, actor, instances)
            bare += _floor_round(house, actor)
        result["completion"] = figures(completed) | {"floor": figures(bare)}
        result["completion"]["ratio"] = round(statistics.median(completed) / statistics.median(bare), 2)
        result["start"] = figures(started)
        result["rework"] = rework(house, actor)
        result["inbox_ms"] = {}
        with serving(url) as client:
            result["http"] = figures(measures.complete_over_http(client, CASES))
            opened = 0
            for wanted in (100, 1_000, 5_000):
                measures.start_cases(house, actor, wanted - opened)
                opened = wanted
                result["inbox_ms"][str(wanted)] = milliseconds(statistics.median(measures.inbox_over_http(client, 15)))
    return result


def _floor_round(house: Any, actor: Any) -> list[float]:
    """Record what a round of completions writes, undo it by deleting the cases' rows, and write the same barely."""
    engine = house.sessions.engine
    instances, _ = measures.start_cases(house, actor, CASES)
    with floor.snapshot(engine, instances) as restore:
        with floor.recording(engine) as transactions:
            measures.complete_cases(house, actor, instances)
        restore()
    return floor.replay(engine, transactions)


def rework(house: Any, actor: Any) -> dict[str, Any]:
    """The first and the last passes of the loop."""
    times, sizes = measures.rework(house, actor, PASSES)
    first, last = statistics.median(times[:WINDOW]), statistics.median(times[-WINDOW:])
    return {
        "first_ms": milliseconds(first),
        "last_ms": milliseconds(last),
        "ratio": round(last / first, 2),
        "first_bytes": sizes[0],
        "last_bytes": sizes[-1],
    }


@contextmanager
def serving(url: str) -> Iterator[measures.Client]:
    """A server process on the database, and a client signed in to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = ROOT / "var" / f"bench-{port}"
    environment = {
        **os.environ,
        "LOANFLOW_DATABASE_URL": url,
        "LOANFLOW_SECRET_KEY": "benchmark" * 8,
        "LOANFLOW_DATA_DIR": str(folder),
        "LOANFLOW_SCHEDULER": "0",
        "LOANFLOW_LOG_LEVEL": "warning",
    }
    program = [sys.executable, "-m", "loanflow"]
    subprocess.run(
        [*program, "user", "add", "client", "--password", "benchmark", "--role", "officer"],
        env=environment, check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    server = subprocess.Popen([*program, "serve", "--port", str(port)], env=environment, cwd=ROOT)
    try:
        _await(port, server)
        client = measures.Client(port, "")
        client.headers["Authorization"] = (
            "Bearer " + client.call("POST", "/tokens", {"username": "client", "password": "benchmark"})["token"]
        )
        yield client
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def figures(times: list[float]) -> dict[str, Any]:
    """Per second, and the spread of one in milliseconds."""
    ordered = sorted(times)
    return {
        "n": len(ordered),
        "per_second": round(len(ordered) / sum(ordered), 1),
        "p50_ms": milliseconds(statistics.median(ordered)),
        "p95_ms": milliseconds(ordered[int(len(ordered) * 0.95)]),
        "min_ms": milliseconds(ordered[0]),
        "max_ms": milliseconds(ordered[-1]),
    }


def milliseconds(seconds: float) -> float:
    """Milliseconds with two decimals."""
    return round(seconds * 1000, 2)


def as_text(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [report["machine"]]
    if "feel" in report:
        lines += decisions.as_lines(report["feel"])
    for kind in ("sqlite", "postgres"):
        if kind not in report:
            continue
        one = report[kind]
        completion, loop = one["completion"], one["rework"]
        inbox = ", ".join(f"{number} open: {ms} ms" for number, ms in one["inbox_ms"].items())
        lines += [
            "",
            kind,
            _line("completions in process", completion),
            _line("floor: the same rows", completion["floor"]),
            f"  ratio of the medians    {completion['ratio']:>8}",
            _line("completions over HTTP", one["http"]),
            _line("starts in process", one["start"]),
            f"  rework, first {WINDOW}        {loop['first_ms']:>8} ms  {loop['first_bytes']} bytes of state",
            f"  rework, last {WINDOW} of {PASSES}  {loop['last_ms']:>8} ms  {loop['last_bytes']} bytes of state",
            f"  ratio of the medians    {loop['ratio']:>8}",
            f"  inbox over HTTP, p50    {inbox}",
        ]
    return "\n".join(lines)


def _line(title: str, measured: dict[str, Any]) -> str:
    times = f"p50 {measured['p50_ms']} ms  p95 {measured['p95_ms']} ms"
    return f"  {title:<23} {measured['per_second']:>8}/s  {times}"


if __name__ == "__main__":
    main()
