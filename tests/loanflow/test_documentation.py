"""The documentation is tested: every setting, dependency and command stands in it, and nothing else."""

import re
from configparser import ConfigParser
from pathlib import Path

from loanflow.cli import COMMANDS
from loanflow.settings import table

ROOT = Path(__file__).parents[2]


def rows_of(text):
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")
    ]


def test_the_table_of_settings_is_the_one_that_the_program_reads():
    page = (ROOT / "docs/settings.md").read_text()
    documented = [row for row in rows_of(page) if re.fullmatch(r"`[A-Z_]+`", row[0])]
    expected = [[f"`{s.metadata['env']}`", s.metadata["shown"], s.metadata["meaning"]] for s in table()]
    assert [[cell.rstrip(" |") for cell in row] for row in documented] == expected


def test_every_dependency_has_a_reason_and_a_licence():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    wanted = config["options"]["install_requires"] + config["options.extras_require"]["test"]
    names = {re.match(r"[\w.-]+", line).group().lower() for line in wanted.split("\n") if line.strip()}
    page = (ROOT / "docs/dependencies.md").read_text().split("## Looked at")[0]
    documented = {row[0].lower(): row for row in rows_of(page) if row[0] not in ("package",)}
    assert set(documented) == names
    assert all(len(row) == 3 and all(row) for row in documented.values())


def test_the_lock_files_hold_every_dependency_with_hashes_and_no_address():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    for lock, wanted in (
        ("run", config["options"]["install_requires"]),
        ("dev", config["options"]["install_requires"] + config["options.extras_require"]["test"]),
    ):
        text = (ROOT / f"requirements/{lock}.txt").read_text()
        locked = set(re.findall(r"^([\w.-]+)==", text, re.M))
        names = {
            re.match(r"[\w.-]+", line).group().lower().replace(".", "-") for line in wanted.split("\n") if line.strip()
        }
        assert names <= locked
        assert "setuptools" in locked
        assert len(re.findall(r"^\S+==\S+.*\\$", text, re.M)) == len(locked)
        assert "http" not in text
        assert "--index" not in text


def test_help_names_every_command_of_the_contract():
    assert set(COMMANDS) == {
        *("init", "demo", "serve", "worker", "check", "deploy", "scenario", "calc", "deputy", "decide", "audit"),
        *("unit", "user", "role", "authority", "regions", "relate", "operations", "reindex"),
    }
