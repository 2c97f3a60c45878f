"""The euro reference rates of the European Central Bank, as `eurofxref-daily.xml` has them.

They are of 14:15 in Frankfurt on the day they name, and come out about two hours later.
"""

from __future__ import annotations

from datetime import date, datetime, time
from xml.parsers import expat
from zoneinfo import ZoneInfo

from wallets.errors import RatesNotValid
from wallets.rate_sources.sheet import LARGEST_FILE, Sheet

_CUBE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"
_DEEPEST = 10


def read_ecb(content: bytes, _now: datetime) -> Sheet:
    """Read the newest day of a document; raises `RatesNotValid`.

    Document types and entities are refused before anything of them is expanded.
    """
    if len(content) > LARGEST_FILE:
        raise RatesNotValid("The document is too large.")
    reader = _Reader()
    try:
        reader.read(content)
    except (expat.ExpatError, ValueError) as error:
        raise RatesNotValid(f"This is not a document of reference rates: {error}") from None
    if not reader.days:
        raise RatesNotValid("The document names no day.")
    day, written = max(reader.days, key=lambda each: each[0])
    as_of = datetime.combine(day, time(14, 15), ZoneInfo("Europe/Berlin"))
    return Sheet.of(source="ecb", pivot="EUR", as_of=as_of, written=written)


class _Reader:
    """Collects the days and their rates out of nested `Cube` elements."""

    def __init__(self) -> None:
        self.days: list[tuple[date, list[tuple[str, str]]]] = []
        self._depth = 0

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.Parse(content, True)  # noqa: FBT003 -- expat's own signature

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RatesNotValid("The document is nested too deeply.")
        if name != _CUBE:
            return
        if "time" in attributes:
            self.days.append((date.fromisoformat(attributes["time"]), []))
        elif "currency" in attributes:
            if not self.days:
                raise RatesNotValid("A rate stands outside its day.")
            self.days[-1][1].append((attributes["currency"], attributes.get("rate", "")))

    def _end(self, _name: str) -> None:
        self._depth -= 1


def _refuse(*_declared: object) -> None:
    raise RatesNotValid("A document of rates declares no types and no entities.")
