"""Guards that cost a posting less: domains for what one value alone can tell."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import deletion

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_batches")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(SQL)],
            state_operations=[
                migrations.RemoveConstraint("ledgeraccount", "held_is_not_negative"),
                migrations.RemoveConstraint("ledgeraccount", "sequence_is_not_negative"),
                migrations.RemoveConstraint("journalentry", "entry_has_two_postings_or_more"),
                migrations.RemoveConstraint("posting", "posting_moves_something"),
                migrations.AlterField(
                    "ledgeraccount", "shard", models.SmallIntegerField(default=0)
                ),
                migrations.AlterField("journalentry", "posting_count", models.SmallIntegerField()),
                migrations.AlterField("posting", "position", models.SmallIntegerField()),
            ],
        ),
        migrations.AlterField(
            "journalentry",
            "reverses",
            models.ForeignKey(
                "ledger.journalentry",
                null=True,
                on_delete=deletion.PROTECT,
                related_name="reversals",
                db_index=False,
                db_constraint=False,
            ),
        ),
    ]
