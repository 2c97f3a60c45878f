from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.errors import RoleTooHeavy, UnknownPermission
from accounts.models import Role
from events.operations import append_event

HEAVIEST = 99


def define_role(
    *, name: str, weight: int, allow: Collection[str] = (), deny: Collection[str] = ()
) -> Role:
    """Make a role, or change what one may do, by permissions such as `accounts.view_user`.

    Everybody who has the role may do so from their next request. Only the schema's owner has the
    right to write this; the application does not. Raises `RoleTooHeavy` for a weight of its own
    at or above a superuser's, and `UnknownPermission`; then nothing is changed.
    """
    if weight > HEAVIEST:
        raise RoleTooHeavy("Only superusers weigh 100.")
    with transaction.atomic():
        role, made = Role.objects.get_or_create(name=name, defaults={"weight": weight})
        before = role.weight

        role.weight = weight
        role.save(update_fields=["weight"])
        role.permissions.add(*_found(allow))
        role.permissions.remove(*_found(deny))
        append_event(
            type="role.defined",
            subject=name,
            owner_id=None,
            data={
                "weight": {"from": None if made else before, "to": weight},
                "allow": sorted(allow),
                "deny": sorted(deny),
            },
        )

    return role


def _found(names: Collection[str]) -> list[Permission]:
    found = []
    for name in names:
        app_label, _, codename = name.partition(".")
        permission = Permission.objects.filter(
            content_type__app_label=app_label, codename=codename
        ).first()
        if permission is None:
            raise UnknownPermission(f"There is no permission {name}.")
        found.append(permission)
    return found
