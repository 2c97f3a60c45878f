from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.errors import LoginCodeWrong, TooManyTries
from accounts.models import User
from accounts.operations.take_try import forgive_tries, take_try
from accounts.patience import ONE_TIME_CODE, SECOND_STEP


def check_second_factor(*, user: User, code: str, at: datetime) -> None:
    """Take a code of somebody's authenticator app, or one of their recovery codes, once.

    Raises `LoginCodeWrong`, and counts the try; `TooManyTries` when there were too many, here or
    at the API.
    """
    tried = f"second-factor:{user.pk}"
    take_try(what=tried, patience=SECOND_STEP, at=at)
    typed = code.strip()
    authenticators = Authenticator.objects.filter(user=user)
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for authenticator in authenticators.filter(type__in=kinds):
        if authenticator.type == Authenticator.Type.TOTP:
            typed = "".join(filter(str.isdigit, code)) or typed
        if _is_right(authenticator, typed):
            _spend(user, authenticator, typed, at=at)
            forgive_tries(what=tried, at=at)
            return
    raise LoginCodeWrong


def _is_right(authenticator: Authenticator, code: str) -> bool:
    # allauth locks the recovery codes while it looks at them.
    with transaction.atomic():
        return bool(authenticator.wrap().validate_code(code))


def _spend(user: User, authenticator: Authenticator, code: str, *, at: datetime) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        try:
            take_try(what=f"totp:{user.pk}:{code}", patience=ONE_TIME_CODE, at=at)
        except TooManyTries as refusal:
            raise LoginCodeWrong from refusal
    authenticator.record_usage()
