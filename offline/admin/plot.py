"""A bar for each day, drawn as SVG: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from offline.admin.layout import money

_WIDTH, _HEIGHT, _GAP = 640, 160, 4
_MOST_DAYS = 31


def bars(by_day: Mapping[date, int], *, code: str) -> SafeString:
    """Draw amounts in minor units by day, days without any too."""
    if not by_day:
        return SafeString("<p>Nothing is held.</p>")
    first = min(by_day)
    days = min((max(by_day) - first).days + 1, _MOST_DAYS)
    top = max(by_day.values())
    width = _WIDTH / days
    drawn = format_html_join(
        "",
        '<g><title>{}: {}</title><rect x="{}" y="{}" width="{}" height="{}" fill="#417690"/>'
        '<text x="{}" y="{}" font-size="10" text-anchor="middle" fill="currentColor">{}</text></g>',
        (_bar(first + timedelta(days=n), n, by_day, top, width, code) for n in range(days)),
    )
    return format_html(
        '<svg role="img" aria-label="Held money in {} by the day it comes back" '
        'viewBox="0 0 {} {}" width="{}" style="max-width:100%">{}</svg>',
        code,
        _WIDTH,
        _HEIGHT + 20,
        _WIDTH,
        drawn,
    )


def _bar(
    day: date, number: int, by_day: Mapping[date, int], top: int, width: float, code: str
) -> tuple[object, ...]:
    minor = by_day.get(day, 0)
    height = round(minor / top * _HEIGHT, 1) if top else 0
    left = round(number * width + _GAP / 2, 1)
    return (
        day.isoformat(),
        money(minor, code),
        left,
        _HEIGHT - height,
        round(max(1, width - _GAP), 1),
        height,
        round(left + width / 2 - _GAP / 2, 1),
        _HEIGHT + 14,
        f"{day:%d.%m.}",
    )
