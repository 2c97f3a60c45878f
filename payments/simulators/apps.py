from django.apps import AppConfig
from django.core import checks


class SimulatorsConfig(AppConfig):
    name = "payments.simulators"
    label = "simulators"
    verbose_name = "Provider simulators"

    def ready(self) -> None:
        from payments.simulators.checks import simulators_are_for_embedded_mode  # noqa: PLC0415

        checks.register(simulators_are_for_embedded_mode, checks.Tags.security)
