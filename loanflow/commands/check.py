"""`loanflow check`: what is wrong with process packages, without settings or database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loanflow.commands.common import Broken, exit_wrong, json_option, print_json

_FIELDS = ("rule", "level", "file", "element", "line", "message")


@click.command()
@click.argument("packages", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PACKAGE...")
@json_option
def check(packages: tuple[Path, ...], as_json: bool) -> None:
    """Find errors and warnings in process packages (folders or zips). Errors make the exit status 1."""
    from engine.check import unreadable
    from engine.packages import PackageError

    found, broken = [], False
    for path in packages:
        try:
            found += [(path, finding) for finding in findings_of(path)]
        except PackageError as error:
            broken = True
            found.append((path, unreadable(error)))
    if as_json:
        print_json({"findings": [_shown(path, finding, len(packages) > 1) for path, finding in found]})
    else:
        for path, finding in found:
            click.echo(line_of(path, finding))
    if broken:
        raise Broken("What cannot be read as a package was not checked.")
    if any(finding.level == "error" for _, finding in found):
        exit_wrong()


def findings_of(path: Path) -> list[Any]:
    """What the checker finds in the package at `path`. Raises `PackageError` for what is none."""
    from engine.check import check as check_package
    from operations.registry import OPERATIONS

    return list(check_package(_read(path), OPERATIONS))


def read_package(path: Path) -> Any:
    """The package in a folder or zip; ends the program when there is none."""
    from engine.packages import PackageError

    try:
        return _read(path)
    except PackageError as error:
        raise Broken(f"{path}: {error}") from None


def _read(path: Path) -> Any:
    from engine.packages import read_folder, read_zip

    try:
        return read_folder(path) if path.is_dir() else read_zip(path.read_bytes())
    except OSError as error:
        raise Broken(f"{path}: {error.strerror}") from None


def line_of(path: Path, finding: Any) -> str:
    """A finding as compilers print theirs."""
    place = f"{path}/{finding.file}" if finding.file else str(path)
    line = f":{finding.line}" if finding.line else ""
    element = f" [{finding.element}]" if finding.element else ""
    return f"{place}{line}: {finding.level}: {finding.message}{element} ({finding.rule})"


def _shown(path: Path, finding: Any, several: bool) -> dict[str, Any]:
    shown = {name: getattr(finding, name) for name in _FIELDS}
    return {"package": str(path), **shown} if several else shown
