"""Who calls may be remembered, as long as the call that moves money asks whether it still holds.

`accounts_caller_of_token` stays for servers of the release before.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_sealed_factors")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION accounts_caller, accounts_callers_stand")]
