"""Working time and natural time: when a deadline falls; knows nothing of tasks or timers.

Days and months are counted in the institution's zone, results are instants in UTC. Source: contract "Time"
(docs/lending.md), duties.md INT-4 (half a working day), 民法典 200-203 for natural periods.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from lending.dates import add_months
from lending.durations import Duration, parse_duration
from lending.errors import InvalidDuration
from lending.working_days import WorkingDays, china

CountedIn = Literal["working", "natural"]

OFFICE_HOURS = ((time(9), time(12)), (time(13), time(18)))
_DAY = timedelta(days=1)
_ZERO = timedelta(0)


class WorkingCalendar:
    """Counts durations in an institution's zone, with the same hours on every working day."""

    def __init__(
        self,
        zone: tzinfo | str,
        hours: Sequence[tuple[time, time]] = OFFICE_HOURS,
        days: WorkingDays | None = None,
    ) -> None:
        """`hours` are spans of the day in order, without overlap; raises ValueError otherwise."""
        edges = [edge for span in hours for edge in span]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("working hours must be spans in order, each ending after it begins")
        self._zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self._days = china() if days is None else days
        self._spans = [(_since_midnight(opens), _since_midnight(closes)) for opens, closes in hours]
        self._day_length = sum((closes - opens for opens, closes in self._spans), _ZERO)

    @property
    def zone(self) -> tzinfo:
        """The institution's time zone."""
        return self._zone

    def add(self, start: datetime, duration: str | Duration, counted_in: CountedIn) -> datetime:
        """The instant `duration` after the aware instant `start`, in UTC.

        Natural: months, weeks and days keep the local clock (a month that lacks the day gives its last), hours are
        elapsed time. Working: hours are working hours; a day is the same clock time on the next working day; what
        starts outside working time starts at the next opening; weeks, months and years are natural from `start`, and
        move on to the next working day with the same clock time, or to the next opening if that is outside hours.

        Raises ValueError for a `start` without zone, InvalidDuration for a duration that cannot be counted.
        """
        if start.tzinfo is None:
            raise ValueError(f"{start} has no time zone")
        length = parse_duration(duration) if isinstance(duration, str) else duration
        try:
            if counted_in == "working":
                return self._add_working(start, length)
            return self._add_natural(start, length)
        except OverflowError:
            raise InvalidDuration(f"{duration} leads beyond the year 9999") from None

    def recurring(self, start: datetime, every: str | Duration, n: int, counted_in: CountedIn = "natural") -> datetime:
        """The `n`-th tick of a cycle, counted from `start` (31 January monthly: 28 February, 31 March)."""
        length = parse_duration(every) if isinstance(every, str) else every
        return self.add(start, length.times(n), counted_in)

    def moved_on(self, due: datetime, paused: datetime, resumed: datetime, counted_in: CountedIn) -> datetime:
        """When something is due that was due at `due`, after a clock that stood from `paused` to `resumed`.

        As much time is left as there was: elapsed time, or working time. What was overdue stays due at once.
        """
        if due <= paused:
            return due
        if counted_in == "natural":
            return (resumed + (due - paused)).astimezone(UTC)
        left = self._worked_between(self._local(paused), self._local(due))
        start = self._opening(self._local(resumed))
        return self._instant(self._after_working_time(start, left) if left else start)

    def _worked_between(self, start: datetime, end: datetime) -> timedelta:
        worked, day = _ZERO, start.date()
        while day <= end.date():
            if self.is_working_day(day):
                until = self._worked_before(end) if day == end.date() else self._day_length
                worked += until - (self._worked_before(start) if day == start.date() else _ZERO)
            day += _DAY
        return worked

    def is_working_day(self, day: date) -> bool:
        """Whether people work on `day`, make-up working days included."""
        return self._days.is_working(day)

    def is_provisional(self, year: int) -> bool:
        """Whether the year's holidays were computed, because they are not announced (or not in the table)."""
        return self._days.is_provisional(year)

    def next_opening(self, instant: datetime) -> datetime:
        """`instant` itself within working time, else the moment the next span opens, in UTC."""
        return self._instant(self._opening(self._local(instant)))

    def _add_natural(self, start: datetime, length: Duration) -> datetime:
        if length.months or length.weeks or length.days:
            local = self._local(start)
            day = add_months(local.date(), length.months) + timedelta(days=length.weeks * 7 + length.days)
            start = self._instant(datetime.combine(day, local.time()))
        return start.astimezone(UTC) + length.clock

    def _add_working(self, start: datetime, length: Duration) -> datetime:
        local = self._local(start)
        if length.months or length.weeks:
            day = add_months(local.date(), length.months) + timedelta(weeks=length.weeks)
            local = datetime.combine(self._working_day_from(day), local.time())
        if not self._in_hours(local):
            local = self._opening(local)
        local = datetime.combine(self._nth_working_day_after(local.date(), length.days), local.time())
        if length.clock:
            local = self._after_working_time(local, length.clock)
        return self._instant(local)

    def _after_working_time(self, local: datetime, amount: timedelta) -> datetime:
        target = self._worked_before(local) + amount
        whole_days = -(-target // self._day_length) - 1
        day = self._nth_working_day_after(local.date(), whole_days)
        return datetime.combine(day, time()) + self._clock_when_worked(target - whole_days * self._day_length)

    def _worked_before(self, local: datetime) -> timedelta:
        """Working time of the day up to the clock time of `local`."""
        clock = _since_midnight(local.time())
        return sum((min(clock, closes) - opens for opens, closes in self._spans if clock > opens), _ZERO)

    def _clock_when_worked(self, worked: timedelta) -> timedelta:
        """The clock time at which `worked` of a day's working time is over: a closing, not the opening after it."""
        for opens, closes in self._spans:
            if worked <= closes - opens:
                return opens + worked
            worked -= closes - opens
        raise AssertionError("more working time than a day has")

    def _in_hours(self, local: datetime) -> bool:
        """Whether `local` is working time; the moment of closing still is, so that deadlines may fall on it."""
        clock = _since_midnight(local.time())
        return self.is_working_day(local.date()) and any(opens <= clock <= closes for opens, closes in self._spans)

    def _opening(self, local: datetime) -> datetime:
        clock = _since_midnight(local.time())
        if self.is_working_day(local.date()):
            for opens, closes in self._spans:
                if clock < closes:
                    return datetime.combine(local.date(), time()) + max(clock, opens)
        day = self._working_day_from(local.date() + _DAY)
        return datetime.combine(day, time()) + self._spans[0][0]

    def _working_day_from(self, day: date) -> date:
        while not self.is_working_day(day):
            day += _DAY
        return day

    def _nth_working_day_after(self, day: date, number: int) -> date:
        for _ in range(number):
            day = self._working_day_from(day + _DAY)
        return day

    def _local(self, instant: datetime) -> datetime:
        """The institution's clock, without zone."""
        return instant.astimezone(self._zone).replace(tzinfo=None)

    def _instant(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self._zone).astimezone(UTC)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
