"""Transfers whose money waits for its receiver, and those that were given back."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Nothing here is asked of a transfer that is made: only of one that changes.
GUARD = """
CREATE FUNCTION wallets_guard_transfer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('pending', 'completed'), ('pending', 'cancelled'), ('pending', 'failed'),
            ('completed', 'reversed')) THEN
        RAISE EXCEPTION 'transfer_moves_as_it_may: from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    ELSIF NEW.destination_id IS DISTINCT FROM OLD.destination_id
            AND (OLD.destination_id IS NOT NULL OR OLD.status <> 'pending') THEN
        RAISE EXCEPTION 'transfer_finds_its_receiver_once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_moves_as_it_may BEFORE UPDATE ON wallets_transfer
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_transfer();

CREATE FUNCTION wallets_guard_transit() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.settled_id IS NOT NULL THEN
        RAISE EXCEPTION 'transit_is_settled_once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transit_is_settled_once BEFORE UPDATE ON wallets_transit
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_transit();
"""
UNDO = """
DROP TRIGGER transit_is_settled_once ON wallets_transit;
DROP FUNCTION wallets_guard_transit;
DROP TRIGGER transfer_moves_as_it_may ON wallets_transfer;
DROP FUNCTION wallets_guard_transfer;
"""

GRANTED = {
    ("transfer", "reverse_transfer"): "Can give a transfer back to its sender",
    ("transfer", "recover_transfer"): "Can take back what is in transit",
    ("transit", "view_transit"): "Can view transit",
    ("transferreversal", "view_transferreversal"): "Can view transfer reversal",
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for (model, codename), name in GRANTED.items():
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        allowed, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        for role in roles:
            role.permissions.add(allowed)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_parts_and_allowances"),
        ("wallets", "0012_transfers_priced"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="transfer",
            name="destination",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="transfers_in",
                to="wallets.wallet",
            ),
        ),
        migrations.CreateModel(
            name="TransferReversal",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="transfer_reversal",
                        serialize=False,
                        to="ledger.journalentry",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="wallets.transfer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)),
                        name="reversal_gives_something_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_minor__gte", 0)), name="reversal_takes_no_fee"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transit",
            fields=[
                (
                    "transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="transit",
                        serialize=False,
                        to="wallets.transfer",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[("blocked", "Blocked"), ("full", "Full"), ("invited", "Invited")],
                        max_length=7,
                    ),
                ),
                ("email", models.CharField(blank=True, max_length=254)),
                ("hint", models.CharField(blank=True, max_length=254)),
                ("expires_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.journalentry",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("expires_at"),
                        condition=models.Q(("settled", None)),
                        name="transit_that_waits",
                    ),
                    models.Index(
                        models.F("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="transit_of_invited",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled", None), ("settled_at", None)),
                            models.Q(("settled__isnull", False), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="transit_is_settled_at_an_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reason", "invited"),
                                ("settled", None),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("reason", "invited"), ("settled", None), _negated=True),
                                ("email", ""),
                            ),
                            _connector="OR",
                        ),
                        name="transit_names_who_is_invited_until_it_is_settled",
                    ),
                ],
            },
        ),
        migrations.AlterModelOptions(
            "transfer",
            {
                "permissions": [
                    ("reverse_transfer", "Can give a transfer back to its sender"),
                    ("recover_transfer", "Can take back what is in transit"),
                ]
            },
        ),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
