import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_second_factors")]
    operations = [
        migrations.CreateModel(
            name="TransactionPin",
            fields=[
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="transaction_pin",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("hash", models.CharField(max_length=128)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "transaction PIN",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("failures__lte", 5)),
                        name="a_pin_is_locked_after_5_wrong_tries",
                    )
                ],
            },
        )
    ]
