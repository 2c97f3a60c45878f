from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_lean_judgement")]

    # The function of before did the same in an order that was the planner's choice.
    operations = [migrations.RunSQL(_SQL, migrations.RunSQL.noop)]
