"""Writes the table of China's working days from the libraries that know them; run by hand when a year is announced.

`python -m lending.make_working_days > lending/data/working_days_cn.json`. Nothing else imports this module, nor the
two libraries: `chinesecalendar` (the State Council's notices) and `holidays` (rules for the years to come).
"""

import json
import sys
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from typing import TextIO

import chinese_calendar
import holidays

LAST_YEAR = 2100


def write_table(out: TextIO) -> None:
    """Write the table, one line a year so that a new announcement reads as a change of one line."""
    off, made_up = chinese_calendar.holidays, chinese_calendar.workdays
    first, last = min(off).year, max(off).year
    years = {year: (_in_year(off, year), _in_year(made_up, year)) for year in range(first, last + 1)}
    computed = holidays.country_holidays("CN", years=range(last + 1, LAST_YEAR + 1))
    years |= {year: (_in_year(computed, year), []) for year in range(last + 1, LAST_YEAR + 1)}
    sources = f"chinesecalendar {version('chinesecalendar')}; from {last + 1} holidays {version('holidays')}"
    out.write(f'{{"version": {json.dumps(sources)},\n"announced": [{first}, {last}],\n"years": {{\n')
    out.write(",\n".join(_line(year, *kinds) for year, kinds in years.items()))
    out.write("\n}}\n")


def _in_year(days: Iterable[date], year: int) -> list[str]:
    return [f"{day:%m-%d}" for day in sorted(days) if day.year == year]


def _line(year: int, off: list[str], made_up: list[str]) -> str:
    return f'"{year}": ' + json.dumps({"off": off, "made_up": made_up})


if __name__ == "__main__":
    write_table(sys.stdout)
