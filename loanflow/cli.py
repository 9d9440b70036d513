"""The command line: which commands there are, and what their exit status means.

Each command lies in a module of its own that is imported only when it is used, so that `check`, `calc` and `decide`
start without web or database.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence

import click

COMMANDS = {
    "audit": ("loanflow.commands.audit", "audit", "Recompute the hash chains of what happened."),
    "authority": ("loanflow.commands.people", "authority", "Personal limits."),
    "calc": ("loanflow.commands.calc", "calc", "Schedules and allocation of payments."),
    "check": ("loanflow.commands.check", "check", "Find what is wrong with process packages."),
    "decide": ("loanflow.commands.decide", "decide", "Evaluate decisions of a DMN file."),
    "demo": ("loanflow.commands.database", "demo", "Create demo people, customers and cases."),
    "deploy": ("loanflow.commands.deploy", "deploy", "Check packages and deploy those that changed."),
    "deputy": ("loanflow.commands.people", "deputy", "Who does a person's work while the person is away."),
    "init": ("loanflow.commands.database", "init", "Create the database or bring it up to date."),
    "operations": ("loanflow.commands.operations", "operations", "What service tasks may call."),
    "reindex": ("loanflow.commands.searching", "reindex", "Compare the index of the search with the rows and mend it."),
    "regions": ("loanflow.commands.people", "regions", "Set the places that a person looks after."),
    "relate": ("loanflow.commands.people", "relate", "Record that a person is related to a customer."),
    "role": ("loanflow.commands.people", "role", "Give and take roles."),
    "scenario": ("loanflow.commands.scenario", "scenario", "Run scenarios of processes."),
    "serve": ("loanflow.commands.serve", "serve", "Serve pages and the REST interface."),
    "unit": ("loanflow.commands.people", "unit", "Units of the house."),
    "user": ("loanflow.commands.people", "user", "People who sign in."),
    "worker": ("loanflow.commands.serve", "worker", "Wake timers and jobs without a web server."),
}
"""Name: where it lies, what it is called there, and one line for `--help` (which imports none of them)."""

COLLECTED_AFTER = (20_000, 20, 20)
"""How seldom Python looks for circles of garbage: a step makes thousands of objects at once, and most of them go by
themselves. With Python's own 700 a sixth of the time went into looking."""


class LazyGroup(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="loanflow")
def cli() -> None:
    """Runs the whole life of a loan as BPMN diagrams.

    Exit status: 0 done, 1 the thing checked is wrong, 2 usage or broken input. Results go to standard output, all
    else to standard error.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the program `loanflow`."""
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        cli.main(args=list(arguments) if arguments is not None else None, prog_name="loanflow")
    except BrokenPipeError:
        # The reader (`| head`) went away: nothing more to say, and nothing to complain about at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
