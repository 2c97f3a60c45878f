from django.contrib.postgres.fields import ArrayField
from django.db import models


class EventRelay(models.Model):
    """How far a reader of the whole log has come. There is one row for each reader.

    Everything up to `position` is done with. `candidate` and `writers` are what `Horizon`
    remembers between two looks.
    """

    name = models.CharField(max_length=20, primary_key=True)
    position = models.BigIntegerField(default=0)
    candidate = models.BigIntegerField(default=-1)
    writers = ArrayField(models.CharField(max_length=40), default=list)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
