from django.apps import AppConfig
from django.core import checks


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        # Makes the Celery app the current one before any task is declared or sent.
        from config import celery  # noqa: F401, PLC0415
        from config.checks import unsafe_settings  # noqa: PLC0415

        checks.register(unsafe_settings, checks.Tags.security)
