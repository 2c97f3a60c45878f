"""Rates taken over: once, not of the future, not far off, and not for ever."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.tests.factories import person
from events.models import Event
from ledger.money import Money, currency
from wallets import fx_queries
from wallets.errors import NoRate, RatesJump, RatesNotValid
from wallets.models import FxQuote, FxSpread, Rate, RateSheet
from wallets.operations import (
    QuoteOrder,
    quote_exchange,
    record_rates,
    refresh_rates,
)
from wallets.rate_sources import Sheet
from wallets.tests.rates import rates, spread

pytestmark = pytest.mark.django_db

STORED = Path(__file__).parents[1] / "fixtures" / "eurofxref-daily.xml"


def ask(source: str = "USD", target: str = "NGN") -> FxQuote:
    return quote_exchange(
        order=QuoteOrder(person().id, currency(source), currency(target), Money.of("1", source)),
        quote_id=uuid4(),
        now=timezone.now(),
    )


def test_same_rates_again_are_there_once() -> None:
    at = timezone.now()

    first, again = rates(at), rates(at)

    assert first == again
    assert RateSheet.objects.count() == 1
    assert Event.objects.filter(type="rates.recorded").count() == 1


def test_other_rates_of_the_same_time_are_refused() -> None:
    at = timezone.now()
    rates(at)

    with pytest.raises(RatesNotValid):
        rates(at, NGN="1501")


def test_rates_of_the_future_are_refused() -> None:
    with pytest.raises(RatesNotValid):
        rates(timezone.now() + timedelta(minutes=6))


def test_rates_far_from_the_last_ones_want_somebody_who_looked() -> None:
    now = timezone.now()
    rates(now - timedelta(hours=2))
    rates(now - timedelta(hours=1), NGN="1800", accept=False)

    with pytest.raises(RatesJump, match="NGN"):
        rates(now, NGN="2300", accept=False)

    rates(now, NGN="2300")
    assert ask().mid_rate == 2300


def test_the_newest_sheet_with_both_currencies_counts() -> None:
    now = timezone.now()
    rates(now - timedelta(hours=2))
    with transaction.atomic():
        sheet = Sheet("ecb", "EUR", now, {"EUR": Decimal(1), "USD": Decimal(2)})
        record_rates(sheet=sheet, now=now)

    assert (ask("USD", "EUR").mid_rate, ask().mid_rate) == (Decimal("0.5"), Decimal(1500))
    assert (ask("USD", "EUR").rates_source, ask().rates_source) == ("ecb", "file")


def test_old_rates_are_not_used(settings: Settings) -> None:
    settings.FX_RATES_MAX_AGE_HOURS = 5
    rates(timezone.now() - timedelta(hours=4, minutes=59))
    assert ask().mid_rate == 1500

    settings.FX_RATES_MAX_AGE_HOURS = 4
    with pytest.raises(NoRate):
        ask()


@pytest.mark.parametrize(("target", "points"), [("NGN", 5), ("EUR", 10), ("JPY", 20), ("KWD", 30)])
def test_the_most_exact_spread_counts(target: str, points: int) -> None:
    rates()
    for basis_points, pair in (
        (5, ("USD", "NGN")), (10, ("USD", "")), (99, ("USD", "JPY")), (20, ("USD", "JPY")),
        (30, ("USD", "KWD")), (40, ("", "KWD")), (50, ("", "")),
    ):  # fmt: skip
        spread(basis_points, *pair)

    assert ask("USD", target).spread_bp == points
    listed = fx_queries.spreads_from("USD")
    assert listed.get(target, listed[""]) == points


@pytest.mark.parametrize("target", ["NGN", "EUR"])
def test_spread_of_a_target_counts_for_sources_without_their_own(target: str) -> None:
    rates()
    spread(40, "", "NGN")

    listed = fx_queries.spreads_from("USD")
    assert ask("USD", target).spread_bp == listed.get(target, listed[""])
    assert ask("USD", target).spread_bp == (40 if target == "NGN" else 100)


def test_the_application_cannot_rewrite_rates() -> None:
    sheet = rates()

    for write in (
        lambda: Rate.objects.filter(sheet=sheet).update(per_pivot=2),
        lambda: RateSheet.objects.filter(pk=sheet.pk).update(source="x"),
        lambda: FxSpread.objects.update(basis_points=0),
        lambda: FxSpread.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


class TestFile:
    """The file of `FX_RATES_FILE`, read again and again."""

    def test_without_one_nothing_is_read(self, settings: Settings) -> None:
        settings.FX_RATES_FILE = ""

        assert refresh_rates(now=timezone.now()) is None

    def test_rates_without_a_time_are_taken_over_every_hour(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        settings.FX_RATES_FILE = str(tmp_path / "rates.json")
        (tmp_path / "rates.json").write_text('{"base": "USD", "rates": {"NGN": "1500"}}')
        now = timezone.now() - timedelta(hours=3)

        sheets = [refresh_rates(now=now + timedelta(minutes=n)) for n in (0, 1, 59, 60, 61)]

        assert [sheet.pk - sheets[0].pk for sheet in sheets if sheet and sheets[0]] == [
            0, 0, 0, 1, 1,
        ]  # fmt: skip

    def test_dated_rates_are_taken_over_once(self, settings: Settings, tmp_path: Path) -> None:
        settings.FX_RATES_FILE = str(tmp_path / "rates.xml")
        shutil.copy(STORED, tmp_path / "rates.xml")
        now = datetime(2026, 11, 24, tzinfo=UTC)

        first, again = refresh_rates(now=now), refresh_rates(now=now + timedelta(days=2))

        assert first == again
        assert first is not None
        assert first.source == "ecb"

    @pytest.mark.parametrize("name", ["missing.json", "rates.txt"])
    def test_what_cannot_be_read_is_said(
        self, settings: Settings, tmp_path: Path, name: str
    ) -> None:
        settings.FX_RATES_FILE = str(tmp_path / name)

        with pytest.raises(RatesNotValid, match="FX_RATES_FILE"):
            refresh_rates(now=timezone.now())


class TestCommands:
    def run(self, *words: str) -> str:
        out = io.StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    def test_rates_are_shown_and_not_written(self) -> None:
        told = self.run("import_rates", "--source", "ecb", "--file", str(STORED))

        assert "USD 1.0872" in told
        assert "Nothing was written" in told
        assert not RateSheet.objects.exists()

    def test_rates_are_written_on_demand_and_compared_then(self) -> None:
        words = ("import_rates", "--source", "ecb", "--file", str(STORED))

        assert "ecb 2026-11-23 13:15" in self.run(*words, "--apply")

        assert Rate.objects.get(currency="GBP").per_pivot == Decimal("0.8338")
        assert "%" not in self.run(*words)
        self.run(*words, "--apply")
        assert RateSheet.objects.count() == 1

    @pytest.mark.parametrize(
        "words",
        [
            ("--source", "json"),
            ("--source", "json", "--file", "/nowhere.json"),
            ("--source", "json", "--file", "http://127.0.0.1/rates.json"),
            ("--source", "json", "--file", str(STORED)),
            ("--source", "json", "--file", "https://127.0.0.1:9/rates.json"),
        ],
        ids=lambda words: " ".join(words)[-30:],
    )
    def test_import_says_why_not(self, words: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            self.run("import_rates", *words, "--apply")
        assert not RateSheet.objects.exists()

    def test_spread_is_shown_then_set(self) -> None:
        rates()
        words = ("set_spread", "25", "--from", "USD", "--to", "NGN", "--reason", "quiet markets")

        assert "100 basis points, then 25" in self.run(*words)
        assert ask().spread_bp == 100
        self.run(*words, "--apply")
        assert ask().spread_bp == 25
        event = Event.objects.get(type="spread.set")
        assert event.data == {"basis_points": 25, "reason": "quiet markets"}

    @pytest.mark.parametrize(
        "words", [("-1",), ("2001",), ("5", "--from", "XXX")], ids=lambda words: words[0]
    )
    def test_bad_spread_is_refused(self, words: tuple[str, ...]) -> None:
        before = FxSpread.objects.count()

        with pytest.raises(CommandError):
            self.run("set_spread", *words, "--reason", "x", "--apply")

        assert FxSpread.objects.count() == before

    def test_report_before_anything_was_exchanged(self) -> None:
        assert "Nothing was exchanged" in self.run("report_fx")
        assert json.loads(self.run("report_fx", "--json")) == []
