from django.contrib.auth.models import Permission
from django.db import models


class Role(models.Model):
    """What a kind of person may do, and whom they may act on: only people of less weight.

    The four roles that come with the installation keep their `name`; operators add others.
    """

    name = models.CharField(max_length=40, unique=True)
    weight = models.PositiveSmallIntegerField()
    permissions = models.ManyToManyField(Permission, blank=True, related_name="roles")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_weight_is_between_1_and_100",
                condition=models.Q(weight__gte=1, weight__lte=100),
            )
        ]

    def __str__(self) -> str:
        return self.name
