from __future__ import annotations

from collections.abc import Mapping

from accounts import vault
from accounts.models import Purpose, User


def write_profile(user: User, wanted: Mapping[str, object]) -> list[str]:
    """Write those of the `wanted` values that are new, and return the names of their fields.

    None leaves a field as it is. A phone number is sealed. `user` is locked; the caller appends
    the event. Raises `DataErased`.
    """
    changed = [
        field
        for field, value in wanted.items()
        if value is not None and value != _present(user, field)
    ]
    for field in changed:
        if field == "phone":
            _write_phone(user, str(wanted["phone"]))
        else:
            setattr(user, field, wanted[field])
    columns = [field for field in changed if field != "phone"]
    if "phone" in changed:
        columns += ["phone_sealed", "phone_index"]
    if columns:
        user.save(update_fields=columns)
    return changed


def _present(user: User, field: str) -> object:
    return vault.phone_of(user) if field == "phone" else getattr(user, field)


def _write_phone(user: User, phone: str) -> None:
    if not phone:
        user.phone_sealed = user.phone_index = None
        return
    user.phone_sealed = vault.seal_for(
        person_id=user.id,
        purpose=Purpose.PROFILE,
        plain=phone.encode(),
        place=vault.phone_place(user.id),
    )
    user.phone_index = vault.index_of(phone, purpose="phone")
