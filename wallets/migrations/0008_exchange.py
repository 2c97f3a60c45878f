"""Exchange rates, what the platform keeps of an exchange, quotes and conversions."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SPREAD = 100  # basis points, for every pair that has none of its own
VIEWED = ("ratesheet", "fxspread", "fxquote", "conversion")


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("wallets", "FxSpread").objects.create(basis_points=SPREAD, reason="to begin")
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
        ("wallets", "0007_rules_by_two_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FxQuote",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("source_currency", models.CharField(max_length=3)),
                ("target_currency", models.CharField(max_length=3)),
                ("source_minor", models.BigIntegerField()),
                ("target_minor", models.BigIntegerField()),
                ("worth_minor", models.BigIntegerField()),
                ("rate", models.DecimalField(decimal_places=30, max_digits=48)),
                ("mid_rate", models.DecimalField(decimal_places=30, max_digits=48)),
                ("spread_bp", models.PositiveSmallIntegerField()),
                ("rates_source", models.CharField(max_length=20)),
                ("rates_as_of", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Conversion",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="conversion",
                        serialize=False,
                        to="ledger.journalentry",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
                (
                    "quote",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversion",
                        to="wallets.fxquote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FxSpread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_currency", models.CharField(blank=True, max_length=3)),
                ("target_currency", models.CharField(blank=True, max_length=3)),
                ("basis_points", models.PositiveSmallIntegerField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "set_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis_points__gte", 0), ("basis_points__lte", 2000)),
                        name="spread_is_at_most_a_fifth",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RateSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=20)),
                ("pivot", models.CharField(max_length=3)),
                ("as_of", models.DateTimeField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("as_of"), models.F("id"), name="rate_sheet_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "as_of"), name="one_rate_sheet_for_each_source_and_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("per_pivot", models.DecimalField(decimal_places=18, max_digits=32)),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="wallets.ratesheet",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="fxquote",
            index=models.Index(
                models.F("expires_at"),
                condition=models.Q(("used_at__isnull", True)),
                name="quote_that_was_not_used",
            ),
        ),
        migrations.AddConstraint(
            model_name="fxquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_minor__gt", 0), ("target_minor__gt", 0)),
                name="quote_is_of_something_for_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="fxquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("worth_minor__gte", models.F("target_minor"))),
                name="quote_never_gives_more_than_it_takes",
            ),
        ),
        migrations.AddConstraint(
            model_name="fxquote",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_currency", models.F("target_currency")), _negated=True),
                name="quote_is_between_two_currencies",
            ),
        ),
        migrations.AddIndex(
            model_name="conversion",
            index=models.Index(models.F("owner"), models.F("entry"), name="conversion_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(
                fields=("sheet", "currency"), name="one_rate_for_each_sheet_and_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_pivot__gt", 0)), name="rate_is_above_zero"
            ),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
