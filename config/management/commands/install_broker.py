"""Install the tables and functions that stand in for a message broker."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.broker import install


class Command(BaseCommand):
    help = "Install the PostgreSQL message queue, once; with REDIS_URL set there is no need."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.REDIS_URL:
            self.stdout.write("REDIS_URL is set: messages go through Redis.")
        elif install():
            self.stdout.write("Installed the PostgreSQL message queue.")
        else:
            self.stdout.write("The PostgreSQL message queue is installed already.")
