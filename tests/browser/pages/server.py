"""The real server as a process, on an SQLite database of its own, with a few people and a process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import migrations
from engine.packages import read_files
from engine.service import deployments
from engine.service.house import Step
from loanflow.settings import Settings
from loanflow.wiring import make_house
from models.database import make_engine
from models.queries import people
from tests.web.pages.small_loan import FILES

PASSWORD = "long enough"
PEOPLE = {
    "li": ("李倩", ["clerk"]),
    "wang": ("王俊", ["officer"]),
    "zhao": ("赵敏", ["officer"]),
    "qian": ("钱伟", ["manager"]),
    "root": ("管理员", ["admin", "clerk"]),
}


def small_loans(step: Step) -> None:
    """The people above, and the small process."""
    for name, (title, roles) in PEOPLE.items():
        people.add_person(step.session, step.now, name, PASSWORD, title=title, roles=roles)
    people.set_authority(step.session, "qian", "approve_loan", Decimal(500000), None)
    files = {name: content.encode() for name, content in FILES.items()}
    deployments.deploy(step, read_files(files, "small_loans"), "root")


class Server:
    """`with Server(folder) as server:` serves `server.url` until the block ends; `furnish` fills its database."""

    def __init__(self, folder: Path, furnish: Callable[[Step], None] = small_loans) -> None:
        self._folder = folder
        database = f"sqlite:///{folder / 'loanflow.db'}"
        self.settings = Settings(database_url=database, secret_key="k" * 32, data_dir=folder / "files")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._furnish(database, furnish)
        self.house = make_house(self.settings)

    def _furnish(self, database: str, furnish: Callable[[Step], None]) -> None:
        engine = make_engine(database)
        migrations.upgrade(engine)
        engine.dispose()
        house = make_house(self.settings)
        with house.step() as step:
            people.root_unit(step.session).name = "禾川村镇银行"
            furnish(step)
        house.sessions.engine.dispose()

    def __enter__(self) -> Server:
        environ = {
            **os.environ,
            "LOANFLOW_DATABASE_URL": str(self.settings.database_url),
            "LOANFLOW_SECRET_KEY": str(self.settings.secret_key),
            "LOANFLOW_DATA_DIR": str(self.settings.data_dir),
            "LOANFLOW_PAYMENTS": "recorded",
        }
        command = [sys.executable, "-c", "from loanflow.cli import main; main()", "serve", "--port", str(self.port)]
        with (self._folder / "server.log").open("w") as log:
            self._process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
        self._wait()
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError((self._folder / "server.log").read_text())
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=1).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server did not come up")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        self.house.sessions.engine.dispose()
