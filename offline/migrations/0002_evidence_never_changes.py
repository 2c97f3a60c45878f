"""The database keeps evidence as it arrived, and what is final final."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("offline", "0001_devices_certificates_and_vouchers")]
    operations = [migrations.RunSQL(SQL, "DROP FUNCTION offline_refuse_change CASCADE")]
