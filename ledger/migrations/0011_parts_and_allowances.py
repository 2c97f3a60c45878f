"""Reversals in parts, and batches that keep to what payers may send and receivers may hold."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_shards_in_order")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL)],
            state_operations=[
                migrations.RemoveConstraint("journalentry", "entry_is_reversed_at_most_once"),
                migrations.AddIndex(
                    "journalentry",
                    models.Index(
                        fields=["reverses"],
                        name="reversals_of_an_entry",
                        condition=models.Q(reverses__isnull=False),
                    ),
                ),
            ],
        ),
    ]
