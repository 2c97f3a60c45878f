from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models.role import Role

SUPERUSER_WEIGHT = 100
STAFF_WEIGHT = 50


class EmailCode(models.TextChoices):
    """When a login by password wants a code from the mailbox as well."""

    NEVER = "never"
    UNKNOWN_DEVICES = "unknown_devices"
    ALWAYS = "always"


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, role: str = "user", **fields: Any
    ) -> User:
        """Make a person with one of the installation's roles; the e-mail is lower-cased."""
        user = self.model(email=email.strip().lower(), **fields)
        user.role = Role.objects.get(name=role)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> User:
        return self.create_user(email, password, role="superuser", **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.select_related("role").get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who logs in with an e-mail address.

    `id` never changes. Raising `token_version` ends every token made before. `role` changes by
    an approved `RoleProposal` and by nothing else: the database sees to it.
    At `erased_at` all that told who they were was destroyed; the row stays, since the journal
    names it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150, blank=True)
    # The phone number under the person's own key, and what equal numbers have in common.
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    kyc_tier = models.PositiveSmallIntegerField(default=0)
    token_version = models.PositiveIntegerField(default=0)
    email_code = models.CharField(
        max_length=15,
        choices=EmailCode,
        default=EmailCode.NEVER,
        db_default=EmailCode.NEVER.value,
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        permissions = [
            ("deactivate_user", "Can shut somebody out and let them in again"),
            ("set_kyc_tier", "Can set how well somebody is known"),
            ("erase_user", "Can erase somebody's data for them"),
        ]
        indexes = [
            models.Index(
                "phone_index",
                name="person_by_phone",
                condition=models.Q(phone_index__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="erased_person_does_not_come_in",
                condition=models.Q(erased_at=None) | models.Q(is_active=False),
            ),
            models.CheckConstraint(
                name="email_is_lower_case", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="kyc_tier_is_between_0_and_3", condition=models.Q(kyc_tier__lte=3)
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must agree with: raising the token version ends sessions too."""
        return salted_hmac(
            "accounts.models.User.session",
            f"{self.password}:{self.token_version}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def is_staff(self) -> bool:
        """May open the admin."""
        return self.role.weight >= STAFF_WEIGHT

    @property
    def is_superuser(self) -> bool:
        return self.role.weight >= SUPERUSER_WEIGHT

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Whether the person's role holds `app.codename`; superusers hold every one."""
        if not self.is_active:
            return False
        return self.is_superuser or perm in self._role_permissions()

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        return any(perm.startswith(f"{app_label}.") for perm in self._role_permissions())

    def _role_permissions(self) -> frozenset[str]:
        if not hasattr(self, "_permissions"):
            pairs = self.role.permissions.values_list("content_type__app_label", "codename")
            self._permissions = frozenset(f"{app}.{codename}" for app, codename in pairs)
        return self._permissions
