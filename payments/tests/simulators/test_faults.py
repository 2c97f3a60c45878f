from __future__ import annotations

from typing import Any

import pytest
import requests
from django.core.checks import run_checks

from payments.simulators.faults import Faults
from payments.tests.conftest import Simulator


def post(simulator: Simulator, body: str) -> requests.Response:
    return requests.post(f"{simulator.origin}/simulator/faults", data=body, timeout=5)


def test_there_are_none_until_somebody_sets_them(simulator: Simulator) -> None:
    answer = requests.get(f"{simulator.origin}/simulator/faults", timeout=5)

    assert answer.json() == Faults().as_dict()


def test_setting_some_leaves_the_others(simulator: Simulator) -> None:
    simulator.set_faults(error=0.25, delay=0.5)
    simulator.set_faults(delay=0, reorder=1, duplicate=1, timeout=0.125)

    shown = requests.get(f"{simulator.origin}/simulator/faults", timeout=5).json()

    expected = Faults(error=0.25, reorder=1, duplicate=1, timeout=0.125)
    assert shown == expected.as_dict()


def test_a_rate_may_be_called_one(simulator: Simulator) -> None:
    assert post(simulator, '{"error_rate": 0.5, "time-out": 0.25}').status_code == 200

    shown = requests.get(f"{simulator.origin}/simulator/faults", timeout=5).json()
    assert (shown["error"], shown["timeout"]) == (0.5, 0.25)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "nonsense",
        '{"eror": 1}',
        '{"error": 1.01}',
        '{"error": -0.1}',
        '{"error": NaN}',
        '{"error": true}',
        '{"error": "1"}',
        '{"duplicate": 1, "error": null}',
        '{"delay_seconds": 1e9}',
    ],
)
def test_refuses_what_is_no_rate_and_changes_nothing(simulator: Simulator, body: str) -> None:
    simulator.set_faults(error=0.25)

    assert post(simulator, body).status_code == 400
    shown = requests.get(f"{simulator.origin}/simulator/faults", timeout=5).json()
    assert shown == Faults(error=0.25).as_dict()


def test_a_server_install_with_simulators_does_not_pass_its_checks(
    settings: Any,
) -> None:
    settings.PURSER_EMBEDDED = False

    assert "simulators.E001" in {message.id for message in run_checks()}


def test_an_embedded_one_does() -> None:
    assert "simulators.E001" not in {message.id for message in run_checks()}
