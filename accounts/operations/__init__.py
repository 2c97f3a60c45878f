"""What can be done to people and their logins."""

from accounts.operations.add_person import add_person
from accounts.operations.start_family import start_family

__all__ = ["add_person", "start_family"]
