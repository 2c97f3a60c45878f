from django.conf import settings
from django.db import models

WRONG_TRIES_AT_MOST = 5


class TransactionPin(models.Model):
    """The digits that somebody chose to be asked for before money leaves their wallets.

    `hash` is Argon2id, as of a password. `failures` counts wrong tries since the last right one;
    at `WRONG_TRIES_AT_MOST` the PIN is locked, and only another one opens the way.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="transaction_pin",
    )
    hash = models.CharField(max_length=128)
    failures = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = "transaction PIN"
        constraints = [
            models.CheckConstraint(
                name="a_pin_is_locked_after_5_wrong_tries",
                condition=models.Q(failures__lte=WRONG_TRIES_AT_MOST),
            )
        ]

    def __str__(self) -> str:
        return str(self.owner_id)

    @property
    def is_locked(self) -> bool:
        return self.failures >= WRONG_TRIES_AT_MOST
