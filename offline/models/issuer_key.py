from django.db import models


class IssuerKey(models.Model):
    """A key that this installation signs certificates, settlements and lists with.

    It is published at once and signs from `used_from` until the next one does; what it signed
    is verified for ever. `sealed` is the private half, encrypted under a secret that is not in
    the database. Rows never change but to be sealed anew.
    """

    kid = models.CharField(max_length=22, primary_key=True)
    modulus = models.CharField(max_length=512)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    used_from = models.DateTimeField()

    def __str__(self) -> str:
        return self.kid
