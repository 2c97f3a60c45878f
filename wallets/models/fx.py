from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from wallets.models.wallet import Wallet


class RateSheet(models.Model):
    """The rates of one source at one time, as they were taken over. Never changes.

    `as_of` is when they held, by their source.
    """

    source = models.CharField(max_length=20)
    pivot = models.CharField(max_length=3)
    as_of = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("as_of", "id", name="rate_sheet_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "as_of"], name="one_rate_sheet_for_each_source_and_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.as_of:%Y-%m-%d %H:%M}"


class Rate(models.Model):
    """How much of `currency` one unit of its sheet's pivot was worth. Never changes."""

    sheet = models.ForeignKey(
        RateSheet, on_delete=models.PROTECT, related_name="rates", db_index=False
    )
    currency = models.CharField(max_length=3)
    per_pivot = models.DecimalField(max_digits=32, decimal_places=18)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "currency"], name="one_rate_for_each_sheet_and_currency"
            ),
            models.CheckConstraint(name="rate_is_above_zero", condition=models.Q(per_pivot__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.per_pivot} {self.currency}"


class FxSpread(models.Model):
    """What the platform keeps of an exchange, in hundredths of a percent. Never changes.

    An empty currency means any. The newest row for a pair counts; of rows for a pair, for one of
    its currencies and for all, the most exact one.
    """

    source_currency = models.CharField(max_length=3, blank=True)
    target_currency = models.CharField(max_length=3, blank=True)
    basis_points = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spread_is_at_most_a_fifth",
                condition=models.Q(basis_points__gte=0, basis_points__lte=2_000),
            )
        ]

    def __str__(self) -> str:
        pair = f"{self.source_currency or 'any'} to {self.target_currency or 'any'}"
        return f"{pair}: {self.basis_points} basis points"


class FxQuote(models.Model):
    """A promise to exchange, kept until `expires_at`, once. Only `used_at` ever changes.

    Amounts are minor units of their currencies. `worth_minor` is what the source is worth at the
    middle rate, in the target currency; what it exceeds `target_minor` by is the platform's.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source_currency = models.CharField(max_length=3)
    target_currency = models.CharField(max_length=3)
    source_minor = models.BigIntegerField()
    target_minor = models.BigIntegerField()
    worth_minor = models.BigIntegerField()
    rate = models.DecimalField(max_digits=48, decimal_places=30)
    mid_rate = models.DecimalField(max_digits=48, decimal_places=30)
    spread_bp = models.PositiveSmallIntegerField()
    rates_source = models.CharField(max_length=20)
    rates_as_of = models.DateTimeField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                "expires_at",
                name="quote_that_was_not_used",
                condition=models.Q(used_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="quote_is_of_something_for_something",
                condition=models.Q(source_minor__gt=0, target_minor__gt=0),
            ),
            models.CheckConstraint(
                name="quote_never_gives_more_than_it_takes",
                condition=models.Q(worth_minor__gte=models.F("target_minor")),
            ),
            models.CheckConstraint(
                name="quote_is_between_two_currencies",
                condition=~models.Q(source_currency=models.F("target_currency")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Conversion(models.Model):
    """A quote that was kept: money of one wallet became money of another. Never changes."""

    entry = models.OneToOneField(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="conversion",
    )
    quote = models.OneToOneField(FxQuote, on_delete=models.PROTECT, related_name="conversion")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index("owner", "entry", name="conversion_of_owner")]

    def __str__(self) -> str:
        return str(self.entry_id)
