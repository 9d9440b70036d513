"""Running the command line within the test's own process, on a database of its own."""

import pytest
from click.testing import CliRunner

from loanflow.cli import cli


@pytest.fixture
def loanflow(sqlite_database, monkeypatch, tmp_path, own_logging):
    """`loanflow("user", "list")` runs a command and gives its result: `exit_code`, `stdout`, `stderr`."""
    monkeypatch.setenv("LOANFLOW_DATABASE_URL", sqlite_database.engine.url.render_as_string())
    monkeypatch.setenv("LOANFLOW_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("LOANFLOW_DATA_DIR", str(tmp_path / "files"))

    def run(*arguments, stdin=None):
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
