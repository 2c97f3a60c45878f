from events.tests.leftovers import nothing_left_over

__all__ = ["nothing_left_over"]
