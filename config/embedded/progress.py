"""What the person at the terminal sees: lines with the seconds since the start."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Writes `  3.4s  text` lines; on a terminal also a line that replaces itself."""

    def __init__(self, stream: TextIO = sys.stdout, *, every: float = 5.0) -> None:
        self._stream = stream
        self._every = every
        self._started = time.monotonic()
        self._passing_at = self._started
        self._passing = False

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(f"{self._clock()}{text}\n")
        self._stream.flush()

    def plain(self, text: str) -> None:
        """Write text as it is."""
        self._clear()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def passing(self, text: str) -> None:
        """Show what is going on: in place on a terminal, else a line every few seconds."""
        if self._stream.isatty():
            self._stream.write(f"\r\033[K{self._clock()}{text[:60]}")
            self._stream.flush()
            self._passing = True
        elif time.monotonic() - self._passing_at >= self._every:
            self._passing_at = time.monotonic()
            self.say(f"... {text[:60]}")

    def _clock(self) -> str:
        return f"{time.monotonic() - self._started:6.1f}s  "

    def _clear(self) -> None:
        if self._passing:
            self._stream.write("\r\033[K")
            self._passing = False
