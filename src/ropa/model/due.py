"""When a retention rule lets data go: arithmetic on dates, no law."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any, NamedTuple

_PARTS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


class Due(NamedTuple):
    """When a rule's period ends for a case.

    `earliest`: the first day on which the rule lets the data go, None if it
    tells none. `latest`: the last day until which it lets them be kept, None
    if it tells none. `reason`: why, in English. It never says "keep": what the
    rule leaves open stays open.
    """

    earliest: datetime.date | None
    latest: datetime.date | None
    reason: str


def add(start: datetime.date, period: str) -> datetime.date | None:
    """Return the day a period after `start`, by the calendar; None beyond the year 9999."""
    match = _PARTS.match(period)
    years, months, days = (int(part) if part else 0 for part in match.groups()) if match else (0, 0, 0)
    month = start.month - 1 + months
    year = start.year + years + month // 12
    if year > datetime.MAXYEAR:
        return None
    month = month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    try:
        return datetime.date(year, month, day) + datetime.timedelta(days=days)
    except OverflowError:
        return None


def due(rule: Any, start: datetime.date) -> Due:
    """Return when a rule's period ends for a case whose starting event was on `start`."""
    if rule.permanent is True:
        return Due(None, None, "the rule keeps it for ever")
    if rule.period is None:
        told = "an event ends it" if rule.until is not None else "the rule gives no period"
        return Due(None, None, f"{told}: no day can be computed")
    end = add(start, rule.period)
    event = f" from {rule.starts}" if rule.starts is not None else "; the starting event is not stated"
    told = f"{rule.period}{event}"
    open_ends = [extension for extension in rule.extensions or () if extension.period is None]
    longer = " (may be kept longer on a condition, without bound)" if open_ends else ""
    latest = None if open_ends else _extended(rule, end)
    if rule.bound == "ropa:MinimumPeriod":
        return Due(end, None, f"at least {told}; no end is stated")
    if rule.bound == "ropa:MaximumPeriod":
        return Due(start, latest, f"at most {told}{longer}")
    return Due(end, latest, f"{told}{longer}")


def _extended(rule: Any, end: datetime.date | None) -> datetime.date | None:
    periods = [extension.period for extension in rule.extensions or ()]
    ends = [end] if end is None else [end, *(add(end, period) for period in periods)]
    return None if any(day is None for day in ends) else max(day for day in ends if day is not None)
