"""Runs the scenarios of a package in a process of its own: a diagram without end must take neither the server's time
nor its memory. Knows nothing of HTTP; it speaks to `loanflow scenario run --follow`."""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SECONDS = 180
"""The longest that all scenarios of one trial may take together."""

MEMORY_BYTES = 2 * 1024**3
AT_ONCE = 2
"""Trials of one server process at the same time; each keeps one of its threads waiting."""

_HEARTBEAT_SECONDS = 1.0
_MOST_ERROR_WORDS = 2_000
_MOST_WRITTEN = 1024**2
_PROGRAM = "from loanflow.cli import main; main()"
_places = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """As many trials are under way as this server runs at once."""


class TooLong(Exception):
    """The scenarios took longer than they may, and were stopped."""


class Broken(Exception):
    """The package or a scenario cannot be read; the message says which and why."""


def run(files: Mapping[str, bytes], key: str, zone: str, seconds: float = SECONDS) -> Iterator[dict[str, Any] | None]:
    """Runs all scenarios of the package `files`: each as it ends (`file`, `name`, `ok`, `failure`), then the report.

    None says that it is still under way. Whoever stops iterating stops the process. Raises `Busy`, `TooLong`, `Broken`.
    """
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        with tempfile.TemporaryDirectory(prefix="loanflow-trial-") as place, _started(files, key, zone, place) as child:
            yield from _followed(child, Path(place), time.monotonic() + seconds)
    finally:
        _places.release()


@contextmanager
def _started(files: Mapping[str, bytes], key: str, zone: str, place: str) -> Iterator[subprocess.Popen[bytes]]:
    folder = Path(place) / (key if re.fullmatch(r"\w[\w-]*", key) else "package")
    for name, content in files.items():
        # Names were judged when they were stored; a path that leads out must not depend on that.
        target = (folder / name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise Broken(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    words = [str(folder / "scenarios"), "--package", str(folder), "--follow"]
    with (Path(place) / "errors").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own program, no shell, nothing of the designer's in the words
            [sys.executable, "-I", "-c", _PROGRAM, "scenario", "run", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=place,
            # Neither the secret key nor the address of the database goes along.
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "LOANFLOW_TIMEZONE": zone},
            start_new_session=True,
        )
    try:
        _bound(child.pid)
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _bound(pid: int) -> None:
    """Less memory and less of the processor than the server; only Linux can say so of another process."""
    with suppress(ProcessLookupError, PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, 10)
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))


def _followed(child: subprocess.Popen[bytes], place: Path, end: float) -> Iterator[dict[str, Any] | None]:
    assert child.stdout is not None
    stream = child.stdout.fileno()
    rest = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        while True:
            if time.monotonic() > end:
                raise TooLong
            if not waiting.select(_HEARTBEAT_SECONDS):
                yield None
                continue
            arrived = os.read(stream, 65_536)
            if not arrived:
                break
            *lines, rest = (rest + arrived).split(b"\n")
            yield from map(json.loads, lines)
    if child.wait() not in (0, 1):
        words = (place / "errors").read_text("utf-8", "replace")[-_MOST_ERROR_WORDS:].strip()
        raise Broken(words.replace(str(place) + "/", "").removeprefix("loanflow: "))
