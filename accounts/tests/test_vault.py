"""What is kept of people is sealed with keys of their own; what does not open is told."""

from __future__ import annotations

import io
import os
from base64 import b64encode
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client, override_settings

from accounts import vault
from accounts.errors import DataErased, SealBroken
from accounts.models import DataKey, Purpose, User
from accounts.operations import rotate_field_keys, update_profile
from accounts.sealing import Place, key_id
from accounts.tests.factories import client_of, person
from events.models import Event

PHONE = "+2348012345678"
HERE = Place("t", "c", 1)


def with_phone(phone: str = PHONE) -> User:
    return update_profile(user_id=person().id, phone=phone)


def reloaded(user: User) -> User:
    return User.objects.get(id=user.id)


def key_of(user: User) -> DataKey:
    return DataKey.objects.get(person=user, purpose=Purpose.PROFILE)


@pytest.mark.django_db
def test_a_phone_number_is_nowhere_in_clear() -> None:
    user = with_phone()

    with connection.cursor() as cursor:
        cursor.execute("SELECT u::text FROM accounts_user u WHERE id = %s", [user.id])
        row = cursor.fetchone()[0]
    assert PHONE not in row
    assert PHONE.encode().hex() not in row
    assert vault.phone_of(reloaded(user)) == PHONE
    assert client_of(user).get("/api/v1/users/me").json()["phone"] == PHONE


@pytest.mark.django_db
def test_equal_numbers_are_found_by_their_index() -> None:
    one, other = with_phone(), with_phone()

    index = vault.index_of(PHONE, purpose="phone")

    assert {*User.objects.filter(phone_index=index)} == {one, other}
    assert bytes(reloaded(one).phone_sealed or b"") != bytes(reloaded(other).phone_sealed or b"")


@pytest.mark.django_db
def test_an_emptied_number_leaves_nothing() -> None:
    user = update_profile(user_id=with_phone().id, phone="")

    assert (reloaded(user).phone_sealed, reloaded(user).phone_index) == (None, None)
    assert vault.phone_of(user) == ""


@pytest.mark.django_db
def test_people_do_not_share_keys() -> None:
    one, other = with_phone(), with_phone()
    User.objects.filter(id=other.id).update(phone_sealed=reloaded(one).phone_sealed)

    with pytest.raises(SealBroken):
        vault.phone_of(reloaded(other))


@pytest.mark.usefixtures("committed_db")
def test_what_does_not_open_is_told_although_its_work_is_rolled_back() -> None:
    user = with_phone()
    sealed = bytearray(reloaded(user).phone_sealed or b"")
    sealed[-1] ^= 1
    User.objects.filter(id=user.id).update(phone_sealed=bytes(sealed))
    client = Client(raise_request_exception=False)
    api = client_of(user)
    api.raise_request_exception = False

    with pytest.raises(SealBroken), transaction.atomic():
        vault.phone_of(reloaded(user))
    answer = api.get("/api/v1/users/me")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    told = Event.objects.filter(type="seal.broken", subject=f"accounts_user.phone_sealed:{user.id}")
    assert told.count() == 2
    assert {event.data["reason"] for event in told} == {"changed or moved"}
    assert client.get("/health/live").status_code == 200


@pytest.mark.usefixtures("committed_db")
def test_two_at_once_make_one_key() -> None:
    user = person()
    sealed: list[bytes] = []

    def seal() -> None:
        try:
            sealed.append(
                vault.seal_for(person_id=user.id, purpose=Purpose.PROFILE, plain=b"x", place=HERE)
            )
        finally:
            connection.close()

    threads = [Thread(target=seal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sealed) == 8
    for one in sealed:
        assert vault.open_for(key=key_of(user), sealed=one, place=HERE) == b"x"


@pytest.mark.django_db
def test_nothing_is_sealed_for_whom_was_erased() -> None:
    user = with_phone()
    key = key_of(user)
    key.wrapped, key.destroyed_at = None, user.created_at
    key.save()

    with pytest.raises(DataErased):
        vault.phone_of(reloaded(user))
    with pytest.raises(DataErased):
        update_profile(user_id=user.id, phone="+2340000000")


def spelled(**keys: bytes) -> str:
    return ",".join(f"{name}:{b64encode(key).decode()}" for name, key in keys.items())


def rotate() -> str:
    said = io.StringIO()
    call_command("rotate_field_keys", stdout=said, stderr=io.StringIO())
    return said.getvalue()


K1, K2 = os.urandom(32), os.urandom(32)


@pytest.mark.django_db
def test_keys_rotate_and_the_old_one_may_go() -> None:
    with override_settings(FIELD_KEYS=spelled(k1=K1)):
        people = [with_phone() for _ in range(3)]
    with override_settings(FIELD_KEYS=spelled(k2=K2, k1=K1)):
        assert vault.phone_of(reloaded(people[0])) == PHONE
        later = with_phone()
        assert key_id(bytes(key_of(later).wrapped or b"")) == "k2"

        rotate()

    with override_settings(FIELD_KEYS=spelled(k2=K2)):
        assert {vault.phone_of(reloaded(one)) for one in [*people, later]} == {PHONE}
        assert "Sealed 0 values" in rotate()


@pytest.mark.django_db
def test_rotation_goes_on_where_it_was_stopped() -> None:
    with override_settings(FIELD_KEYS=spelled(k1=K1)):
        people = [with_phone() for _ in range(5)]

    class Stopped(Exception):
        pass

    def stop(column: str, done: int, total: int) -> None:
        assert (column, total) == ("accounts_datakey.wrapped", 5)
        if done == 4:
            raise Stopped

    with override_settings(FIELD_KEYS=spelled(k2=K2, k1=K1)):
        with pytest.raises(Stopped):
            rotate_field_keys(told=stop, batch=2)
        done = [key_id(bytes(key_of(one).wrapped or b"")) for one in people]
        assert sorted(done) == ["k1", "k2", "k2", "k2", "k2"]

        assert "Sealed 1 values" in rotate()


@pytest.mark.usefixtures("committed_db")
def test_what_does_not_open_is_left_and_named() -> None:
    with override_settings(FIELD_KEYS=spelled(k1=K1)):
        user = with_phone()
    key = key_of(user)
    broken = bytes(key.wrapped or b"")[:-1] + b"x"
    DataKey.objects.filter(id=key.id).update(wrapped=broken)
    sound = vault.keyring()

    with (
        override_settings(FIELD_KEYS=spelled(k2=K2, k1=K1)),
        pytest.raises(CommandError, match=r"do not open .* Keep the older keys"),
    ):
        rotate()

    assert bytes(key_of(user).wrapped or b"") == broken
    assert sound is vault.keyring()
