"""Who calls, by token or by key, in one question each.

`accounts_principal` stays for servers of the release before, which ask it until they are replaced.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_api_keys")]
    operations = [
        migrations.RunSQL(
            SQL, "DROP FUNCTION accounts_caller_of_token; DROP FUNCTION accounts_caller_of_key"
        )
    ]
