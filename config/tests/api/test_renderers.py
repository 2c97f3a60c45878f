from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from config.api.renderers import write


class Status(TextChoices):
    ACTIVE = "active"


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("5000.00"), b'"5000.00"'),
        (Decimal("1E+3"), b'"1000"'),
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), b'"2026-01-02T03:04:05.000006Z"'),
        (datetime(2026, 1, 2, 3, 4, 5), b'"2026-01-02T03:04:05Z"'),  # noqa: DTZ001 -- the case
        (date(2026, 1, 2), b'"2026-01-02"'),
        (UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (Status.ACTIVE, b'"active"'),
        (Colour.RED, b'"red"'),
        (gettext_lazy("Yes"), b'"Yes"'),
        ({1: None}, b'{"1":null}'),
        ("é", '"é"'.encode()),
    ],
)
def test_writes(value: object, written: bytes) -> None:
    assert write(value) == written


def test_refuses_what_has_no_form() -> None:
    with pytest.raises(TypeError):
        write({"amount": object()})
