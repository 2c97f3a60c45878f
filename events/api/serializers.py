from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from rest_framework import serializers

from events import names, telling
from events.addresses import LONGEST
from events.models import DeliveryStatus, EventDelivery, WebhookEndpoint

TYPES_AT_MOST = 50
_TYPE = re.compile(r"[a-z_]{1,30}\.([a-z_]{1,29}|\*)", re.ASCII)


class EventTypeField(serializers.CharField):
    """`transfer.completed`, `transfer.*`, or `*` for everything."""

    default_error_messages = {"unknown": "Write a type, a noun and `.*`, or `*`."}  # noqa: RUF012

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        noun = text.partition(".")[0]
        if text != "*" and not (_TYPE.fullmatch(text) and noun in settings.TOLD_EVENTS):
            self.fail("unknown")
        return text


class NewEndpointSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=LONGEST)
    event_types = serializers.ListField(
        child=EventTypeField(),
        min_length=1,
        max_length=TYPES_AT_MOST,
        required=False,
        default=lambda: ["*"],
    )
    description = serializers.CharField(
        max_length=200, allow_blank=True, required=False, default=""
    )


class EndpointChangeSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=LONGEST, required=False)
    event_types = serializers.ListField(
        child=EventTypeField(), min_length=1, max_length=TYPES_AT_MOST, required=False
    )
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    enabled = serializers.BooleanField(required=False)


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    enabled = serializers.BooleanField(source="is_enabled")

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id",
            "url",
            "description",
            "event_types",
            "enabled",
            "disabled_at",
            "disabled_reason",
            "failing_since",
            "former_until",
            "created_at",
        )
        read_only_fields = fields


class MadeEndpointSerializer(EndpointSerializer):
    """The only answer that ever holds the secret."""

    secret = serializers.CharField()

    class Meta(EndpointSerializer.Meta):
        fields = ("secret", *EndpointSerializer.Meta.fields)
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer[EventDelivery]):
    event = serializers.SerializerMethodField()

    class Meta:
        model = EventDelivery
        fields = (
            "id",
            "event",
            "type",
            "status",
            "attempts",
            "response_status",
            "problem",
            "duration_ms",
            "next_try_at",
            "last_tried_at",
            "created_at",
            "settled_at",
        )
        read_only_fields = fields

    def get_event(self, delivery: EventDelivery) -> str:
        """What receivers know as `webhook-id`."""
        return telling.spell(names.Position(delivery.event_id, delivery.part))


class DeliveryFilterSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(DeliveryStatus.choices, required=False)


class EventSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    api_version = serializers.CharField()
    subject = serializers.CharField(help_text="The reference or id of what it happened to.")
    data = serializers.DictField()  # type: ignore[assignment]


class EventFilterSerializer(serializers.Serializer[Any]):
    type = EventTypeField(required=False)
    subject = serializers.CharField(max_length=64, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of Python's.
        fields: dict[str, serializers.Field[Any, Any, Any, Any]] = super().get_fields()
        for name in ("from", "to"):
            fields[name] = serializers.DateTimeField(required=False, default=None)
        return fields
