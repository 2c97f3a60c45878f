import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_transaction_pins")]
    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("hint", models.CharField(max_length=16)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                (
                    "allowed_ips",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43), default=list, size=None
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "renews",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewal",
                        to="accounts.apikey",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "indexes": [
                    models.Index(
                        models.F("owner"),
                        models.F("created_at"),
                        models.F("id"),
                        name="api_key_of_owner",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "place"), name="a_place_holds_one_key_of_its_owner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("place", None),
                            models.Q(("place__gte", 1), ("place__lte", 5)),
                            _connector="OR",
                        ),
                        name="place_of_a_key_is_between_1_and_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revoked_at", None), ("place", None), _connector="OR"),
                        name="a_revoked_key_holds_no_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="a_key_expires_after_it_was_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "permissions__contained_by",
                                ["deposit", "offline", "payout", "read", "transfer"],
                            ),
                            ("permissions__len__gt", 0),
                        ),
                        name="a_key_is_good_for_something_that_there_is",
                    ),
                ],
            },
        )
    ]
