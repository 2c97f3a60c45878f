from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest

from accounts.models import User
from accounts.operations import update_profile

PHONE = RegexValidator(
    r"\A\+?[0-9][0-9 ().-]{4,18}\Z", "Write a phone number: digits, with + for the country."
)


class ProfileForm(forms.Form):
    """What may be told at sign-up beside e-mail and password. allauth's own form extends it."""

    name = forms.CharField(max_length=150, required=False)
    phone = forms.CharField(max_length=20, required=False, validators=[PHONE])

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        password = data.get("password")
        if password:
            # allauth looks at the password alone, before the person is known.
            person = User(email=data.get("email", ""), name=data.get("name", ""))
            try:
                validate_password(password, user=person)
            except ValidationError as error:
                self.add_error("password", error)
        return data

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account exists."""
        update_profile(
            user_id=user.id, name=self.cleaned_data["name"], phone=self.cleaned_data["phone"]
        )
