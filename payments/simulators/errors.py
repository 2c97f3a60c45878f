"""What the simulated provider refuses, in its own words."""

from __future__ import annotations


class SimulatorRefusal(Exception):
    """The simulated provider said no, and nothing changed in its books."""

    def __init__(self, message: str, *, code: str, next_step: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.next_step = next_step
        self.status = status


class InvalidFault(Exception):
    """The name is no fault, or the number no rate."""
