"""Every ISO 4217 currency that has a minor unit."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ledger.iso4217 import CURRENCIES


def add_currencies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    currency = apps.get_model("ledger", "Currency")
    currency.objects.bulk_create(
        [
            currency(code=code, exponent=exponent, name=name)
            for code, (exponent, name) in CURRENCIES.items()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_posting")]
    operations = [migrations.RunPython(add_currencies, migrations.RunPython.noop)]
