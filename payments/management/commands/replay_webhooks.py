"""Applies again what providers told, from what is stored of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from payments import operations, queries
from payments.models import WebhookDelivery
from payments.providers.registry import NAMES, provider


class Command(BaseCommand):
    help = (
        "List stored events of providers that are settled. With --apply, apply each once more: "
        "harmless, since an event is only a reason to ask its provider."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=NAMES)
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="2026-01-31")
        parser.add_argument("--state", choices=["applied", "ignored", "given_up"])
        parser.add_argument("--reference", help="the provider's reference of a payment or payout")
        parser.add_argument("--apply", action="store_true", help="really do it")

    def handle(self, *_args: Any, since: date, **options: Any) -> None:
        found = queries.settled_webhooks(
            since=datetime(since.year, since.month, since.day, tzinfo=UTC),
            provider=options["provider"],
            state=options["state"],
            reference=options["reference"],
        )
        for delivery in found:
            note = self._replay(delivery) if options["apply"] else delivery.state
            what = delivery.payment_reference or "-"
            self.stdout.write(
                f"{delivery.pk}  {delivery.provider}  {delivery.kind}  {what}  {note}"
            )
        done = "applied again" if options["apply"] else "found. Nothing was changed; add --apply"
        self.stdout.write(f"{len(found):,} {done}.")

    def _replay(self, delivery: WebhookDelivery) -> str:
        now = timezone.now()
        operations.replay_webhook(delivery_id=delivery.pk, actor_id=None, now=now)
        asked = provider(delivery.provider)
        applied = operations.apply_webhook(delivery_id=delivery.pk, provider=asked, now=now)
        return "somebody else is at it" if applied is None else f"{applied.state} {applied.note}"
