"""PDF: A4 pages with a table, page numbers and totals. One page is in the making at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from io import BytesIO
from itertools import islice

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from wallets.histories import HistoryLine
from wallets.periods import Period
from wallets.statements.lettering import BOLD, PLAIN, fitted
from wallets.statements.reading import Statement

_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, _WIDTH - 48, _HEIGHT - 52, 62.0
_WHAT, _AMOUNT, _BALANCE = _LEFT + 92, _RIGHT - 92, _RIGHT
_ROW, _TOTAL_ROW = 22.0, 14.0
# Where the rows begin: under the head of the first page, and at the top of the others.
_FIRST_ROWS, _NEXT_ROWS = _TOP - 176, _TOP - 34

_INK, _FAINT, _RULE, _BAND = (
    HexColor(code) for code in ("#1c2733", "#66727f", "#c9d1d9", "#f4f6f8")
)


def statement_pdf(statement: Statement) -> bytes:
    """Return a statement as a PDF of at most some 360 pages; raises `StatementTooLong`."""
    statement.check_length()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, lang="en")
    canvas.setTitle(f"Statement of wallet {statement.number}")
    canvas.setAuthor(statement.holder)
    canvas.setSubject(_period(statement.period))
    _Paper(canvas, statement).write()
    canvas.save()
    return file.getvalue()


class _Paper:
    def __init__(self, canvas: Canvas, statement: Statement) -> None:
        self._canvas, self._statement = canvas, statement
        self._rooms = list(_rooms(statement))
        self._page = 0

    def write(self) -> None:
        lines = self._statement.lines()
        for room in self._rooms:
            if self._page:
                self._canvas.showPage()
            self._page += 1
            top = _FIRST_ROWS if self._page == 1 else _NEXT_ROWS
            if self._page == 1:
                self._head()
            else:
                self._text(_LEFT, _TOP, f"Wallet {_grouped(self._statement.number)}", size=9)
            self._foot()
            end = self._rows(islice(lines, room), top=top)
        self._totals(end - 30)

    def _head(self) -> None:
        statement, turnover = self._statement, self._statement.turnover
        self._text(_LEFT, _TOP - 8, "Statement", size=22, font=BOLD)
        self._text(_LEFT, _TOP - 34, statement.holder, size=11, font=BOLD, room=300)
        about = f"Wallet {_grouped(statement.number)} · {statement.currency} · {statement.kind}"
        self._text(_LEFT, _TOP - 50, about, size=9)
        if statement.label:
            self._text(_LEFT, _TOP - 64, statement.label, size=9, ink=_FAINT, room=300)
        self._text(_RIGHT, _TOP - 34, _period(statement.period), size=9, right=True)
        made = f"Made on {statement.made_at:%d %B %Y, %H:%M:%S} UTC"
        self._text(_RIGHT, _TOP - 50, made, size=8, ink=_FAINT, right=True)
        figures = (
            ("Opening balance", turnover.opening_minor),
            ("Paid in", turnover.paid_in_minor),
            ("Paid out", turnover.paid_out_minor),
            ("Closing balance", turnover.closing_minor),
        )
        self._canvas.setFillColor(_BAND)
        self._canvas.roundRect(_LEFT, _TOP - 132, _RIGHT - _LEFT, 48, 5, stroke=0, fill=1)
        each = (_RIGHT - _LEFT) / len(figures)
        for index, (name, minor) in enumerate(figures):
            left = _LEFT + each * index + 12
            self._text(left, _TOP - 102, name, size=7.5, ink=_FAINT)
            self._text(left, _TOP - 120, _figure(statement, minor), size=10.5, font=BOLD)

    def _rows(self, lines: Iterable[HistoryLine], *, top: float) -> float:
        """Write rows from here down; return where they end."""
        for left, name, right in (
            (_LEFT, "Date (UTC)", False),
            (_WHAT, "What", False),
            (_AMOUNT, "Amount", True),
            (_BALANCE, "Balance", True),
        ):
            self._text(left, top + 8, name, size=7.5, font=BOLD, ink=_FAINT, right=right)
        self._rule(top)
        for line in lines:
            self._row(line, top)
            top -= _ROW
            self._rule(top)
        return top

    def _row(self, line: HistoryLine, top: float) -> None:
        statement = self._statement
        what = line.type.replace("_", " ").capitalize()
        if line.description:
            what = f"{what} · {line.description}"
        about = f"{line.reference} · {line.counterparty}" if line.counterparty else line.reference
        width = _AMOUNT - _WHAT - 80
        self._text(_LEFT, top - 9, f"{line.recorded_at:%d %b %Y}", size=8)
        self._text(_LEFT, top - 18, f"{line.recorded_at:%H:%M:%S}", size=6.5, ink=_FAINT)
        self._text(_WHAT, top - 9, what, size=8, room=width)
        self._text(_WHAT, top - 18, about, size=6.5, ink=_FAINT, room=width)
        self._text(_AMOUNT, top - 9, _figure(statement, line.amount_minor), size=8, right=True)
        self._text(_BALANCE, top - 9, _figure(statement, line.balance_after), size=8, right=True)

    def _totals(self, top: float) -> None:
        statement, turnover = self._statement, self._statement.turnover
        rows = [
            (
                total.type.replace("_", " ").capitalize(),
                total.lines,
                total.paid_in_minor,
                total.paid_out_minor,
            )
            for total in turnover.totals
        ]
        rows.append(("Total", turnover.line_count, turnover.paid_in_minor, turnover.paid_out_minor))
        self._text(_LEFT, top, "Totals", size=9, font=BOLD)
        for place, name in ((_AMOUNT - 92, "Lines"), (_AMOUNT, "Paid in"), (_BALANCE, "Paid out")):
            self._text(place, top, name, size=7.5, font=BOLD, ink=_FAINT, right=True)
        self._rule(top - 5)
        for name, count, paid_in, paid_out in rows:
            top -= _TOTAL_ROW
            font = BOLD if name == "Total" else PLAIN
            self._text(_LEFT, top, name, size=8, font=font)
            for place, figure in (
                (_AMOUNT - 92, f"{count:,}"),
                (_AMOUNT, _figure(statement, paid_in)),
                (_BALANCE, _figure(statement, paid_out)),
            ):
                self._text(place, top, figure, size=8, font=font, right=True)

    def _foot(self) -> None:
        self._rule(_BOTTOM - 18)
        self._text(_LEFT, _BOTTOM - 30, "All times are UTC.", size=7, ink=_FAINT)
        number = f"Page {self._page} of {len(self._rooms)}"
        self._text(_RIGHT, _BOTTOM - 30, number, size=7, ink=_FAINT, right=True)

    def _rule(self, height: float) -> None:
        self._canvas.setStrokeColor(_RULE)
        self._canvas.setLineWidth(0.4)
        self._canvas.line(_LEFT, height, _RIGHT, height)

    def _text(  # noqa: PLR0913 -- one line of type has that many properties
        self,
        left: float,
        height: float,
        text: str,
        *,
        size: float,
        font: str = PLAIN,
        ink: Color = _INK,
        right: bool = False,
        room: float = _RIGHT - _LEFT,
    ) -> None:
        self._canvas.setFillColor(ink)
        self._canvas.setFont(font, size)
        draw = self._canvas.drawRightString if right else self._canvas.drawString
        draw(left, height, fitted(text, font=font, size=size, room=room))


def _rooms(statement: Statement) -> Iterator[int]:
    """Yield how many rows each page has room for; the totals follow the last row."""
    left, types = statement.turnover.line_count, len(statement.turnover.totals)
    totals = 44 + _TOTAL_ROW * (types + 1)
    top = _FIRST_ROWS
    while True:
        room = int((top - _BOTTOM) // _ROW)
        yield room
        if left <= room and top - left * _ROW - totals >= _BOTTOM:
            return
        left = max(0, left - room)
        top = _NEXT_ROWS


def _figure(statement: Statement, minor: int) -> str:
    """Write an amount for people: thousands apart."""
    whole, point, fraction = statement.spell(minor).partition(".")
    return f"{int(whole):,}{point}{fraction}" if int(whole) else f"{whole}{point}{fraction}"


def _period(period: Period) -> str:
    since, until = period.since, period.until
    if all(
        (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0) for at in (since, until)
    ):
        last = until - timedelta(days=1)
        return f"{since:%d %B %Y} to {last:%d %B %Y} (UTC)"
    return f"{since:%d %b %Y %H:%M:%S} to {until:%d %b %Y %H:%M:%S} UTC"


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
