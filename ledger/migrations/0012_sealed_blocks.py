from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_UNDO = """
    DROP TRIGGER sealed_blocks_are_never_changed ON ledger_sealedblock;
    DROP FUNCTION ledger_root, ledger_leaves;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_parts_and_allowances")]

    operations = [
        migrations.CreateModel(
            name="SealedBlock",
            fields=[
                ("height", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_entry_id", models.BigIntegerField()),
                ("last_entry_id", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("head", models.TextField()),
                ("signature", models.BinaryField()),
                ("public_key", models.CharField(max_length=44)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("previous",), name="one_block_after_each_block"
                    ),
                    models.UniqueConstraint(
                        fields=("last_entry_id",), name="one_block_for_each_entry"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("entries__gte", 1),
                            ("last_entry_id__gte", models.F("first_entry_id")),
                        ),
                        name="block_has_entries",
                    ),
                ],
            },
        ),
        migrations.RunSQL(_SQL, _UNDO),
    ]
