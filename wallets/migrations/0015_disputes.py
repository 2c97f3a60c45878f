"""Disputes about transfers, with four eyes on how they end."""

import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GUARD = """
CREATE FUNCTION wallets_guard_dispute() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'dispute_ends_once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.status IN ('refunded', 'rejected') AND NOT EXISTS (
        SELECT FROM wallets_disputedecision d
        WHERE d.dispute_id = NEW.id AND d.status = 'approved'
          AND d.outcome = CASE NEW.status WHEN 'refunded' THEN 'refund' ELSE 'reject' END
          AND d.amount_minor = NEW.refunded_minor AND d.decided_by_id <> d.proposed_by_id
          AND d.decided_by_id NOT IN (NEW.sender_id, NEW.recipient_id)
          AND d.proposed_by_id NOT IN (NEW.sender_id, NEW.recipient_id)) THEN
        RAISE EXCEPTION 'dispute_is_decided_by_two'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_ends_once_by_two BEFORE UPDATE ON wallets_dispute
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_dispute();

CREATE FUNCTION wallets_guard_dispute_decision() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.status <> 'proposed')
        OR (TG_OP = 'UPDATE' AND OLD.status <> 'proposed') THEN
        RAISE EXCEPTION 'dispute_proposal_is_decided_once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispute_proposal_is_decided_once BEFORE INSERT OR UPDATE
    ON wallets_disputedecision
    FOR EACH ROW EXECUTE FUNCTION wallets_guard_dispute_decision();
"""
UNDO = """
DROP TRIGGER dispute_ends_once_by_two ON wallets_dispute;
DROP FUNCTION wallets_guard_dispute;
DROP TRIGGER dispute_proposal_is_decided_once ON wallets_disputedecision;
DROP FUNCTION wallets_guard_dispute_decision;
"""

PERMISSIONS = (
    ("dispute", "view_dispute", "Can view dispute"),
    ("disputestep", "view_disputestep", "Can view dispute step"),
    ("disputedecision", "view_disputedecision", "Can view dispute decision"),
    ("dispute", "handle_dispute", "Can take on disputes, ask parties and propose how they end"),
    ("dispute", "approve_dispute", "Can decide how a dispute ends, as another one proposed"),
)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    roles = apps.get_model("accounts", "Role").objects.filter(name__in=["staff", "admin"])
    for model, codename, name in PERMISSIONS:
        kind, _ = content_type.objects.get_or_create(app_label="wallets", model=model)
        found, _ = permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        for role in roles:
            role.permissions.add(found)


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0014_callers_judged_with_transfers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=40, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unauthorised", "Unauthorised"),
                            ("wrong_recipient", "Wrong Recipient"),
                            ("wrong_amount", "Wrong Amount"),
                            ("not_received", "Not Received"),
                            ("duplicate", "Duplicate"),
                            ("other", "Other"),
                        ],
                        max_length=15,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("asked", "Asked"),
                            ("refunded", "Refunded"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                (
                    "asked_party",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sender", "Sender"),
                            ("recipient", "Recipient"),
                            ("staff", "Staff"),
                            ("platform", "Platform"),
                        ],
                        max_length=9,
                    ),
                ),
                ("filed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("refund_reference", models.CharField(blank=True, max_length=40)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="wallets.hold",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes_against",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes_filed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="wallets.transfer",
                    ),
                ),
            ],
            options={
                "permissions": [
                    (
                        "handle_dispute",
                        "Can take on disputes, ask parties and propose how they end",
                    ),
                    ("approve_dispute", "Can decide how a dispute ends, as another one proposed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("refund", "Refund"), ("reject", "Reject")], max_length=6
                    ),
                ),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(max_length=1000)),
                ("proposed_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("turned_down", "Turned Down"),
                        ],
                        default="proposed",
                        max_length=11,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="wallets.dispute",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DisputeEvidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("submitted_at", models.DateTimeField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="wallets.dispute",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "dispute evidence",
            },
        ),
        migrations.CreateModel(
            name="DisputeStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("filed", "Filed"),
                            ("held", "Held"),
                            ("assigned", "Assigned"),
                            ("asked", "Asked"),
                            ("answered", "Answered"),
                            ("evidence", "Evidence"),
                            ("proposed", "Proposed"),
                            ("turned_down", "Turned Down"),
                            ("escalated", "Escalated"),
                            ("refunded", "Refunded"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("sender", "Sender"),
                            ("recipient", "Recipient"),
                            ("staff", "Staff"),
                            ("platform", "Platform"),
                        ],
                        max_length=9,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=2000)),
                (
                    "shown_to",
                    models.CharField(
                        choices=[
                            ("both", "Both"),
                            ("sender", "Sender"),
                            ("recipient", "Recipient"),
                            ("staff", "Staff"),
                        ],
                        max_length=9,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="wallets.dispute",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(models.F("sender"), models.F("id"), name="dispute_of_sender"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(models.F("recipient"), models.F("id"), name="dispute_of_recipient"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                models.F("due_at"),
                models.F("id"),
                condition=models.Q(("status__in", ("open", "asked"))),
                name="dispute_that_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                models.F("transfer"),
                condition=models.Q(("status", "withdrawn"), _negated=True),
                name="transfer_is_disputed_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)),
                name="dispute_is_about_more_than_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("amount_minor"))
                ),
                name="refund_of_a_dispute_is_no_more_than_disputed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("refunded_minor__gt", 0)),
                        models.Q(("refund_reference", ""), _negated=True),
                        ("status", "refunded"),
                    ),
                    models.Q(
                        models.Q(("status", "refunded"), _negated=True),
                        ("refund_reference", ""),
                        ("refunded_minor", 0),
                    ),
                    _connector="OR",
                ),
                name="dispute_is_refunded_by_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("status__in", ("open", "asked"))),
                    models.Q(
                        models.Q(("status__in", ("open", "asked")), _negated=True),
                        ("closed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_is_open_until_it_is_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_party__in", ("sender", "recipient")), ("status", "asked")),
                    models.Q(models.Q(("status", "asked"), _negated=True), ("asked_party", "")),
                    _connector="OR",
                ),
                name="asked_dispute_names_a_party",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedecision",
            constraint=models.UniqueConstraint(
                models.F("dispute"),
                condition=models.Q(("status", "proposed")),
                name="dispute_has_one_open_proposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_minor__gt", 0), ("outcome", "refund")),
                    models.Q(("amount_minor", 0), ("outcome", "reject")),
                    _connector="OR",
                ),
                name="refund_proposal_names_an_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True),
                    models.Q(
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_is_decided_by_another_than_proposed_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status", "proposed")),
                    models.Q(
                        models.Q(("status", "proposed"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="dispute_proposal_is_decided_at_an_instant_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="disputestep",
            index=models.Index(models.F("dispute"), models.F("id"), name="step_of_dispute"),
        ),
        migrations.RunSQL(GUARD, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
