"""What was said to providers and by them, kept as it was."""

from django.db import migrations, models

KEEP = """
CREATE TRIGGER conversations_are_never_changed BEFORE UPDATE OR DELETE ON payments_conversation
    FOR EACH ROW EXECUTE FUNCTION payments_refuse_rewriting();
"""
LET_GO = "DROP TRIGGER conversations_are_never_changed ON payments_conversation;"


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0013_breaks_are_resolved_by_two"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("question", models.CharField(max_length=30)),
                ("reference", models.CharField(max_length=100)),
                ("method", models.CharField(max_length=6)),
                ("path", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("request", models.JSONField(default=dict)),
                ("response", models.JSONField(default=dict)),
                ("duration_ms", models.PositiveIntegerField()),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(models.F("reference"), name="conversation_about")],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
