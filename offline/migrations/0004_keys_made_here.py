import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("offline", "0003_default_permissions"),
        ("wallets", "0004_transfers_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServerKey",
            fields=[
                (
                    "wallet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="wallets.wallet",
                    ),
                ),
                ("recipient", models.CharField(max_length=512)),
                ("did", models.CharField(blank=True, max_length=22)),
                ("jwe", models.TextField(blank=True)),
                ("handed_out_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("destroyed_at", None),
                            ("did", ""),
                            ("handed_out_at", None),
                            ("jwe", ""),
                        )
                        | models.Q(
                            models.Q(("did", ""), _negated=True),
                            ("handed_out_at__isnull", False),
                            models.Q(
                                ("destroyed_at__isnull", False),
                                ("jwe", ""),
                            )
                            | models.Q(
                                models.Q(("jwe", ""), _negated=True),
                                ("destroyed_at", None),
                            ),
                        ),
                        name="export_is_stored_until_it_is_destroyed",
                    )
                ],
            },
        ),
    ]
