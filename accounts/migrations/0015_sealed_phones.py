"""Seals the phone numbers that are there, each under a new key of its person's."""

import secrets
from typing import Any

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts.sealing import KEY_BYTES, Keyring, Place, blind_index, parse_key


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    data_key = apps.get_model("accounts", "DataKey")
    field_keys = Keyring.parse(settings.FIELD_KEYS)
    index_key = parse_key(settings.FIELD_INDEX_KEY)
    # As the model was then; now it has no such field.
    everybody: Any = apps.get_model("accounts", "User").objects
    people = everybody.exclude(phone="")
    for person in people.iterator(chunk_size=1000):
        secret = secrets.token_bytes(KEY_BYTES)
        key = data_key(person=person, purpose="profile")
        key.wrapped = field_keys.seal(secret, place=Place("accounts_datakey", "wrapped", key.id))
        key.save()
        person.phone_sealed = Keyring([("person", secret)]).seal(
            person.phone.encode(), place=Place("accounts_user", "phone_sealed", person.id)
        )
        person.phone_index = blind_index(person.phone, key=index_key, purpose="phone")
        person.save(update_fields=["phone_sealed", "phone_index"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_data_keys")]
    operations = [
        migrations.AddField("user", "phone_index", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("user", "phone_sealed", models.BinaryField(null=True)),
        migrations.AddIndex(
            "user",
            models.Index(
                models.F("phone_index"),
                condition=models.Q(phone_index__isnull=False),
                name="person_by_phone",
            ),
        ),
        # Not undone: what was sealed since would be lost with the columns.
        migrations.RunPython(seal),
    ]
