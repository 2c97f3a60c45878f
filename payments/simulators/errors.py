"""What the simulated providers refuse."""

from __future__ import annotations


class SimulatorRefusal(Exception):
    """The simulated provider said no in its own words, and nothing changed in its books."""

    def __init__(self, message: str, *, code: str, next_step: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.next_step = next_step
        self.status = status


class BooksRefusal(Exception):
    """The books say no; each provider has its own words for each `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidFault(Exception):
    """The name is no fault, or the number no rate."""
