"""Tables of payouts, worked through row by row."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_who_sees_refunds"),
        ("wallets", "0016_holds_of_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("role", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField()),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_batches",
                        to="wallets.wallet",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "payout batches",
            },
        ),
        migrations.CreateModel(
            name="PayoutBatchRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("started", "Started"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="payments.payoutbatch",
                    ),
                ),
                (
                    "beneficiary",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.beneficiary",
                    ),
                ),
                (
                    "payout",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_row",
                        to="payments.payout",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="payoutbatch",
            index=models.Index(
                fields=["owner_id", "-created_at", "-id"], name="payout_batch_of_owner"
            ),
        ),
        migrations.AddIndex(
            model_name="payoutbatchrow",
            index=models.Index(
                models.F("batch"),
                models.F("number"),
                condition=models.Q(("state", "waiting")),
                name="payout_batch_row_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatchrow",
            constraint=models.UniqueConstraint(
                fields=("batch", "number"), name="row_of_a_payout_batch_has_its_number_alone"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutbatchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_minor__gt", 0),
                        ("beneficiary__isnull", False),
                        ("payout", None),
                        ("state", "waiting"),
                    ),
                    models.Q(("payout__isnull", False), ("state", "started")),
                    models.Q(
                        ("payout", None),
                        ("state", "refused"),
                        models.Q(("code", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="row_of_a_payout_batch_says_what_became_of_it",
            ),
        ),
    ]
