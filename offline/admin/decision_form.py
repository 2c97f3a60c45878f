from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from offline.models import Ruling, Voucher


class DecisionForm(forms.Form):
    """What should become of one disputed voucher, or that the case is closed; and why."""

    ruling = forms.ChoiceField(choices=Ruling.choices)
    voucher: forms.ModelChoiceField[Voucher] = forms.ModelChoiceField(
        None, required=False, help_text="Empty to close the case."
    )
    note = forms.CharField(max_length=1000, widget=forms.Textarea)

    def __init__(self, *args: Any, disputed: QuerySet[Voucher], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["voucher"]
        field.queryset = disputed

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if (asked.get("ruling") == Ruling.CLOSE) is not (asked.get("voucher") is None):
            raise forms.ValidationError("A voucher for a ruling on it; none to close the case.")
        return asked
