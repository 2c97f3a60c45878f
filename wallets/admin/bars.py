"""A bar for each day, drawn as SVG: no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ledger.money import Money, currency

_WIDTH, _HEIGHT, _GAP = 640, 160, 4


def bars(by_day: Mapping[date, int], *, code: str, first: date, last: date) -> SafeString:
    """Draw amounts in minor units by day, days without any too."""
    number = (last - first).days + 1
    top = max(max(by_day.values(), default=0), 1)
    width = _WIDTH / number
    days = [first + timedelta(days=n) for n in range(number)]
    drawn = format_html_join(
        "",
        '<g><title>{}: {}</title><rect x="{}" y="{}" width="{}" height="{}" fill="#417690"/></g>',
        (
            _bar(day, place * width, width - _GAP, by_day.get(day, 0), top, code)
            for place, day in enumerate(days)
        ),
    )
    return format_html(
        '<svg role="img" aria-label="Earned in {} by day" viewBox="0 0 {} {}" width="{}" '
        'style="max-width:100%">{}<text y="{}" font-size="11" fill="currentColor">{}</text>'
        '<text x="{}" y="{}" font-size="11" text-anchor="end" fill="currentColor">{}</text></svg>',
        code,
        _WIDTH,
        _HEIGHT + 20,
        _WIDTH,
        drawn,
        _HEIGHT + 14,
        first.isoformat(),
        _WIDTH,
        _HEIGHT + 14,
        last.isoformat(),
    )


def _bar(
    day: date, left: float, width: float, minor: int, top: int, code: str
) -> tuple[object, ...]:
    height = round(minor / top * _HEIGHT, 1)
    return (
        day.isoformat(),
        Money(minor, currency(code)),
        round(left, 1),
        round(_HEIGHT - height, 1),
        round(max(1.0, width), 1),
        height,
    )
