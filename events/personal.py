"""What is held about a person here, for their export: a file of rows for each statement. Pure.

The events themselves are told with the account that they belong to.
"""

from __future__ import annotations

HELD = {
    "webhook_endpoints": """
        SELECT id, url, description, event_types, disabled_at, disabled_reason, created_at,
               removed_at
          FROM events_webhookendpoint WHERE owner_id = %(person)s ORDER BY created_at""",
    "webhook_deliveries": """
        SELECT d.id, d.endpoint_id, d.type, d.body, d.status, d.attempts, d.response_status,
               d.created_at, d.settled_at
          FROM events_eventdelivery d JOIN events_webhookendpoint e ON e.id = d.endpoint_id
         WHERE e.owner_id = %(person)s ORDER BY d.created_at, d.id""",
}
