"""What a process variable may be, and how it is written: as plain JSON for REST, losslessly for stored state.

Knows nothing of expressions, cases or tables. Numbers are `Decimal` from end to end: a float never comes in or out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import simplejson

MAX_DEPTH: Final = 32
MAX_TEXT: Final = 1_000_000
MAX_ITEMS: Final = 10_000
MAX_EXPONENT: Final = 6144
_MICROSECOND: Final = timedelta(microseconds=1)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_TAG: Final = "~"


class ValueRefused(ValueError):
    """This cannot be the value of a process variable; `path` says where, as in `customer.addresses[2]`."""

    def __init__(self, path: str, reason: str):
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, order=True, slots=True)
class YearsMonths:
    """A years-and-months duration, counted in whole months; negative ones go back."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")

    def __bool__(self) -> bool:
        return self.months != 0


def format_duration(duration: timedelta) -> str:
    """ISO 8601 text of a days-and-time duration: `P1DT2H`, `-PT0.5S`, `PT0S`."""
    micros = abs(duration) // _MICROSECOND
    seconds, micros = divmod(micros, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    fraction = f".{micros:06d}".rstrip("0") if micros else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or micros else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if duration < timedelta(0) else "") + "P" + (text or "T0S")


def format_offset(zone: tzinfo | None, offset: timedelta | None) -> str:
    """The zone as FEEL writes it after a time: empty, `Z`, `+08:00` or `@Asia/Shanghai`."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    seconds = int((offset or timedelta(0)).total_seconds())
    if seconds == 0:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{hours:02d}:{minutes:02d}" + (f":{seconds_left:02d}" if seconds_left else "")


def format_time(value: time) -> str:
    """FEEL's text of a time, `10:00:00@Asia/Shanghai`; fractions of a second without trailing zeros."""
    return _clock(value) + format_offset(value.tzinfo, value.utcoffset())


def format_datetime(value: datetime) -> str:
    """FEEL's text of a date-time, `2026-03-02T09:00:00+08:00`."""
    return f"{value.date().isoformat()}T{_clock(value)}{format_offset(value.tzinfo, value.utcoffset())}"


def _clock(value: time | datetime) -> str:
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    return text + f".{value.microsecond:06d}".rstrip("0") if value.microsecond else text


def to_json(value: Any) -> Any:
    """Plain JSON values for REST: dates, times and durations as ISO 8601 text; `Decimal` stays for `dumps`."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        return {key: to_json(member) for key, member in value.items()}
    if kind in (list, tuple):
        return [to_json(item) for item in value]
    if kind is datetime:
        return value.isoformat()
    if kind is date:
        return value.isoformat()
    if kind is time:
        return value.isoformat()
    if kind is timedelta:
        return format_duration(value)
    if kind is YearsMonths:
        return str(value)
    raise TypeError(f"{kind.__name__} is not a value")


def dumps(value: Any) -> str:
    """JSON text of plain values, decimals digit for digit; dates and durations as in `to_json`."""
    return simplejson.dumps(
        to_json(value), use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def loads(text: str | bytes) -> Any:
    """Reads JSON, every number as the `Decimal` that was written. Raises `ValueError` for what is not JSON."""
    return simplejson.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_no_constant)


def encode(value: Any) -> str:
    """Lossless text of a value for stored state; `decode` gives back an equal value of the same types."""
    return simplejson.dumps(
        _tagged(value), use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def decode(text: str | bytes) -> Any:
    """The value that `encode` wrote."""
    return simplejson.loads(text, parse_int=Decimal, parse_float=Decimal, object_hook=_untagged)


def is_storable(text: str) -> bool:
    """Whether every database keeps the text: no NUL (PostgreSQL), no half of a character (UTF-8)."""
    return _UNSTORABLE.search(text) is None


def check_variable(value: Any, path: str) -> None:
    """Raises `ValueRefused` unless `value` may be stored as the process variable `path`.

    Functions, ranges, floats and objects of the program are refused, and so is what is nested more than 32 levels deep,
    longer than 1,000,000 characters, has more than 10,000 items in all, or text that is not storable.
    """
    _check(value, path, 1, [0])


def _check(value: Any, path: str, depth: int, count: list[int]) -> None:
    kind = type(value)
    if kind is str:
        if len(value) > MAX_TEXT:
            raise ValueRefused(path, f"text of more than {MAX_TEXT} characters")
        if not is_storable(value):
            raise ValueRefused(path, "text with NUL or half of a character in it")
    elif kind is Decimal:
        if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
            raise ValueRefused(path, "not a finite number within 10 to the power of 6144")
    elif kind is list or kind is dict:
        count[0] += len(value)
        if count[0] > MAX_ITEMS:
            raise ValueRefused(path, f"more than {MAX_ITEMS} items")
        if depth > MAX_DEPTH:
            raise ValueRefused(path, f"nested more than {MAX_DEPTH} levels deep")
        if kind is list:
            for index, item in enumerate(value, 1):
                _check(item, f"{path}[{index}]", depth + 1, count)
        else:
            for key, member in value.items():
                if type(key) is not str or not is_storable(key):
                    raise ValueRefused(path, f"the name {key!r} of an entry is not text that can be stored")
                _check(member, f"{path}.{key}", depth + 1, count)
    elif kind is datetime:
        if value.tzinfo is None:
            raise ValueRefused(path, "a date-time without zone")
    elif kind not in _KINDS:
        raise ValueRefused(path, f"{_KIND_NAMES.get(kind.__name__, kind.__name__)} cannot be the value of a variable")


def _tagged(value: Any) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        plain = {key: member if type(member) in _ATOMS else _tagged(member) for key, member in value.items()}
        # Written as pairs, a context with an entry called like the tag cannot be taken for a tagged value.
        return {_TAG: "context", "value": list(plain.items())} if _TAG in plain else plain
    if kind is list:
        return [item if type(item) in _ATOMS else _tagged(item) for item in value]
    writer = _WRITERS.get(kind)
    if writer is None:
        raise TypeError(f"{kind.__name__} is not a value")
    return {_TAG: kind.__name__, "value": writer(value)}


def _untagged(members: dict[str, Any]) -> Any:
    return _READERS[members[_TAG]](members["value"]) if _TAG in members else members


def _write_zoned(value: time | datetime) -> str:
    zone = f"@{value.tzinfo.key}" if isinstance(value.tzinfo, ZoneInfo) else ""
    return value.isoformat() + zone


def _read_datetime(text: str) -> datetime:
    iso, _, key = text.partition("@")
    value = datetime.fromisoformat(iso)
    return value.astimezone(ZoneInfo(key)) if key else value


def _read_time(text: str) -> time:
    iso, _, key = text.partition("@")
    value = time.fromisoformat(iso)
    return value.replace(tzinfo=ZoneInfo(key)) if key else value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_ATOMS: Final = frozenset({type(None), bool, Decimal, str, int})
_KINDS: Final = frozenset({type(None), bool, Decimal, str, date, time, datetime, timedelta, YearsMonths, list, dict})
_KIND_NAMES: Final = {
    "Range": "a range",
    "Function": "a function",
    "FineTime": "a time finer than a microsecond",
    "WideDate": "a date beyond the years 1 to 9999",
    "WideDateTime": "a date beyond the years 1 to 9999",
    "float": "a float",
    "int": "a Python integer",
}
_WRITERS: Final[dict[type, Any]] = {
    date: date.isoformat,
    time: _write_zoned,
    datetime: _write_zoned,
    timedelta: lambda value: value // _MICROSECOND,
    YearsMonths: lambda value: value.months,
}
_READERS: Final[dict[str, Any]] = {
    "context": dict,
    "date": date.fromisoformat,
    "time": _read_time,
    "datetime": _read_datetime,
    "timedelta": lambda micros: timedelta(microseconds=int(micros)),
    "YearsMonths": lambda months: YearsMonths(int(months)),
}
