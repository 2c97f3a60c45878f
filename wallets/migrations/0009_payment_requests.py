"""Requests to be paid, by whoever is shown them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VIEWED = ("paymentrequest",)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model in VIEWED:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        view, _ = permission.objects.get_or_create(
            content_type=kind, codename=f"view_{model}", defaults={"name": f"Can view {model}"}
        )
        for role in roles:
            role.permissions.add(view)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_parts_and_allowances"),
        ("wallets", "0008_exchange"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="PaymentRequest",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("paid", "Paid"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                ("paid_minor", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="entry",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_request",
                to="ledger.journalentry",
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="payer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallets.wallet",
            ),
        ),
        migrations.AddField(
            model_name="paymentrequest",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallets.wallet",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(
                models.F("owner"),
                models.F("created_at"),
                models.F("id"),
                name="payment_request_of_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__isnull", True), ("amount_minor__gt", 0), _connector="OR"
                ),
                name="requested_amount_is_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", False),
                        ("entry__isnull", False),
                        ("paid_minor__gt", 0),
                        ("payer__isnull", False),
                        ("status", "paid"),
                    ),
                    models.Q(
                        models.Q(("status", "paid"), _negated=True),
                        ("entry__isnull", True),
                        ("paid_minor__isnull", True),
                        ("payer__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="paid_request_has_its_payment",
            ),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
