from django.db import models


class RevocationList(models.Model):
    """Every device that nobody should accept a voucher from, as it stood at one time.

    Numbers only rise. Rows never change: what changed between two lists is read off them.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    issued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    dids = models.JSONField()
    text = models.TextField()

    def __str__(self) -> str:
        return str(self.number)
