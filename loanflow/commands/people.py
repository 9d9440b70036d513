"""`loanflow unit`, `user`, `role`, `authority`, `regions`, `relate`: people of the house. Changes count at once."""

from __future__ import annotations

import datetime as dt
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from loanflow.commands.common import Broken, json_option, print_json, the_house

_NAME = re.compile(r"\w[\w.@+-]{0,63}")


def _sign_in_name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise click.BadParameter("letters, digits, and . _ @ + - between them; at most 64 characters.")
    return value


def _text(longest: int) -> Any:
    def check(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        for item in (value,) if isinstance(value, str) else value or ():
            if not item.strip() or len(item) > longest:
                raise click.BadParameter(f"1 to {longest} characters.")
        return value

    return check


def _amount(_context: click.Context, _parameter: click.Parameter, value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise click.BadParameter("write an amount in yuan, such as 500000 or 500000.00.") from None
    if not amount.is_finite() or amount < 0 or amount.adjusted() > 15 or amount != round(amount, 2):
        raise click.BadParameter("an amount is not negative and has at most two decimals.")
    return amount


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.date | None:
    try:
        return None if value is None else dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write a day as 2026-12-31.") from None


@click.group()
def unit() -> None:
    """Units of the house; they form a tree."""


@unit.command("add")
@click.argument("name", callback=_text(100))
@click.option("--under", metavar="U", help="The unit above it; without it, the root unit.")
def add_unit(name: str, under: str | None) -> None:
    """Add a unit."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.add_unit(step.session, name, under)


@unit.command("rename")
@click.argument("name")
@click.argument("to", callback=_text(100))
def rename_unit(name: str, to: str) -> None:
    """Call a unit otherwise; the root unit's name is that of the house, on pages and papers."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.rename_unit(step.session, name, to)


@unit.command("list")
@json_option
def list_units(as_json: bool) -> None:
    """List units, each after the one above it."""
    from models.queries import people

    with the_house() as house, house.sessions.reading() as session:
        units = people.list_units(session)
        names = {each.id: each.name for each in units}
        rows = [{"name": each.name, "under": names.get(each.parent_id)} for each in units]
        depths = [each.path.count("/") - 2 for each in units]
    if as_json:
        print_json(rows)
        return
    for row, depth in zip(rows, depths, strict=True):
        click.echo("  " * depth + str(row["name"]))


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("name", callback=_sign_in_name)
@click.option("--password", metavar="P", help="The password; others can see it in the list of processes.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--name", "title", metavar="TEXT", callback=_text(100), help="The name that people read.")
@click.option("--role", "roles", multiple=True, metavar="R", callback=_text(64), help="A role; may be repeated.")
@click.option("--unit", metavar="U", help="The unit; without it, the root unit.")
def add_user(
    name: str, password: str | None, password_stdin: bool, title: str | None, roles: tuple[str, ...], unit: str | None
) -> None:
    """Add a person who can sign in."""
    from models.queries import people

    if (password is not None) == password_stdin:
        raise click.UsageError("Give either --password or --password-stdin.")
    secret = _long_enough(_first_line() if password is None else password)
    with the_house() as house, house.step() as step:
        people.add_person(step.session, step.now, name, secret, title=title or "", roles=roles, unit=unit)


def _first_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _long_enough(secret: str) -> str:
    from models.passwords import PasswordTooShort, require_length

    try:
        require_length(secret)
    except PasswordTooShort as error:
        raise Broken(str(error)) from None
    return secret


@user.command("change")
@click.argument("name")
@click.option("--name", "title", metavar="TEXT", callback=_text(100), help="The name that people read.")
@click.option("--unit", metavar="U", help="The unit to which the person belongs from now on.")
@click.option("--password-stdin", is_flag=True, help="A new password, from the first line of standard input.")
def change_user(name: str, title: str | None, unit: str | None, password_stdin: bool) -> None:
    """Change what is given of a person; with a new password, sessions and tokens end at once."""
    from models.queries import people

    if title is None and unit is None and not password_stdin:
        raise click.UsageError("Give --name, --unit or --password-stdin.")
    secret = _long_enough(_first_line()) if password_stdin else None
    with the_house() as house, house.step() as step:
        person = people.find_person(step.session, name)
        if title is not None:
            person.title = title
        if unit is not None:
            person.unit = people.find_unit(step.session, unit)
        if secret is not None:
            people.set_password(person, secret)


@user.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let a disabled person sign in again."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.enable(step.session, name)


@user.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Let a person sign in no more; sessions and tokens end at once."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.disable(step.session, name)


@user.command("list")
@click.option("--demo", "demo_only", is_flag=True, help="Only demo people.")
@json_option
def list_users(demo_only: bool, as_json: bool) -> None:
    """List people."""
    from models.queries import people

    with the_house() as house, house.sessions.reading() as session:
        rows = [_shown(person) for person in people.list_people(session, demo_only=demo_only)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        flags = [word for word in ("demo", "disabled") if row[word]]
        click.echo("\t".join([row["name"], row["title"], row["unit"], ",".join(row["roles"]), ",".join(flags)]))


def _shown(person: Any) -> dict[str, Any]:
    return {
        "name": person.name,
        "title": person.title,
        "unit": person.unit.name,
        "roles": sorted(held.role for held in person.roles),
        "demo": person.demo,
        "disabled": person.disabled,
    }


@click.group()
def role() -> None:
    """Give and take roles. A role need not be known to any package yet."""


@role.command("grant")
@click.argument("name")
@click.argument("role_name", metavar="ROLE", callback=_text(64))
def grant(name: str, role_name: str) -> None:
    """Give a person a role."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        if not people.grant_role(step.session, name, role_name):
            click.echo(f"{name} holds {role_name} already.", err=True)


@role.command("revoke")
@click.argument("name")
@click.argument("role_name", metavar="ROLE")
def revoke(name: str, role_name: str) -> None:
    """Take a role from a person."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        if not people.revoke_role(step.session, name, role_name):
            click.echo(f"{name} does not hold {role_name}.", err=True)


@click.group()
def authority() -> None:
    """Personal limits."""


@authority.command("set")
@click.argument("name")
@click.argument("power", callback=_text(64))
@click.argument("amount", callback=_amount)
@click.option("--since", metavar="DATE", callback=_day, help="The first day on which it holds.")
@click.option("--until", metavar="DATE", callback=_day, help="The last day on which it holds.")
@click.option("--reason", metavar="TEXT", callback=_text(500), default="Set on the command line.", show_default=True)
def set_authority(
    name: str, power: str, amount: Decimal, since: dt.date | None, until: dt.date | None, reason: str
) -> None:
    """Set up to which AMOUNT (yuan) a person may use POWER."""
    from engine.service import authority as powers

    with the_house() as house, house.step() as step:
        powers.set_limit(step, None, name, power, amount, since, until, reason)


@authority.command("delegate")
@click.argument("giver")
@click.argument("receiver")
@click.argument("power", callback=_text(64))
@click.argument("amount", callback=_amount)
@click.option("--since", metavar="DATE", callback=_day, required=True, help="The first day on which it holds.")
@click.option("--until", metavar="DATE", callback=_day, required=True, help="The last day on which it holds.")
@click.option("--reason", metavar="TEXT", callback=_text(500), required=True)
def lend_authority(
    giver: str, receiver: str, power: str, amount: Decimal, since: dt.date, until: dt.date, reason: str
) -> None:
    """Lend GIVER's POWER to RECEIVER up to AMOUNT (yuan), never above GIVER's own; prints the delegation's number."""
    from engine.service import authority as powers

    with the_house() as house, house.step() as step:
        lent = powers.lend(step, None, giver, receiver, power, amount, since, until, reason)
        number = lent.id
    click.echo(number)


@authority.command("withdraw")
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", callback=_text(500), required=True)
def withdraw_authority(number: int, reason: str) -> None:
    """End the delegation NUMBER at once."""
    from engine.service import authority as powers

    with the_house() as house, house.step() as step:
        powers.withdraw(step, None, number, reason)


@click.group()
def deputy() -> None:
    """Who does a person's work while the person is away."""


@deputy.command("set")
@click.argument("name")
@click.argument("stand_in", metavar="DEPUTY")
@click.option("--from", "begins", metavar="DATE", callback=_day, required=True, help="The first day.")
@click.option("--until", metavar="DATE", callback=_day, required=True, help="The last day.")
@click.option("--reason", required=True, callback=_text(500))
@click.option("--role", "roles", multiple=True, help="Only steps of this role; may be repeated.")
@click.option("--process", "processes", multiple=True, help="Only cases of this process (its key); may be repeated.")
def set_deputy(
    name: str,
    stand_in: str,
    begins: dt.date,
    until: dt.date,
    reason: str,
    roles: tuple[str, ...],
    processes: tuple[str, ...],
) -> None:
    """Let DEPUTY stand in for the person NAME; prints the number under which it is kept."""
    from engine.service import deputies

    with the_house() as house, house.step() as step:
        row = deputies.appoint(step, _operator(), name, stand_in, begins, until, reason, roles, processes)
        click.echo(row.id)


@deputy.command("end")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def end_deputy(number: int) -> None:
    """End it before its last day."""
    from engine.service import deputies

    with the_house() as house, house.step() as step:
        deputies.end(step, number, _operator())


@deputy.command("list")
@json_option
def list_deputies(as_json: bool) -> None:
    """List who stands in for whom today."""
    from models.queries import deputies

    with the_house() as house, house.sessions.reading() as session:
        today = house.clock.now().astimezone(house.calendar.zone).date()
        rows = [_standing(row) for row in deputies.all_on(session, today)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo("\t".join(str(row[key]) for key in ("id", "person", "deputy", "from", "until", "reason")))


def _standing(row: Any) -> dict[str, Any]:
    days = {"from": row.begins.isoformat(), "until": row.until.isoformat()}
    names = ("id", "person", "deputy", "reason", "roles", "processes")
    return {**{name: getattr(row, name) for name in names}, **days}


def _operator() -> Any:
    """Whoever runs the command line acts as an administrator."""
    from engine.service.actors import Actor

    return Actor("loanflow", 0, "/", frozenset({"admin"}))


@click.command()
@click.argument("name")
@click.argument("customer", callback=_text(64))
def relate(name: str, customer: str) -> None:
    """Record that a person is related to a customer, for recusal."""
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.relate(step.session, step.now, name, customer)


@click.command()
@click.argument("name")
@click.argument("places", nargs=-1, callback=_text(100))
def regions(name: str, places: tuple[str, ...]) -> None:
    """Set the places that a person looks after, as they stand in addresses; without any, none.

    Customers who live there are given to the person first when an investigation begins.
    """
    from models.queries import people

    with the_house() as house, house.step() as step:
        people.set_regions(step.session, name, places)
