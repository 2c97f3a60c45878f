"""What is held about a person, for their export: a file of rows for each statement. Pure.

Other apps say theirs in the same way (setting `PERSONAL_DATA`), and what keeps somebody's data
from being erased (setting `OPEN_ITEMS`): each statement says whether there is such a thing.
"""

from __future__ import annotations

HELD = {
    "profile": """
        SELECT u.id, u.email, u.name, r.name AS role, u.kyc_tier, u.email_code, u.is_active,
               u.created_at, u.last_login
          FROM accounts_user u JOIN accounts_role r ON r.id = u.role_id
         WHERE u.id = %(person)s""",
    "email_addresses": """
        SELECT email, verified, "primary" FROM account_emailaddress WHERE user_id = %(person)s""",
    "authenticators": """
        SELECT type, created_at, last_used_at FROM mfa_authenticator WHERE user_id = %(person)s""",
    "linked_accounts": """
        SELECT provider, uid, last_login, date_joined, extra_data
          FROM socialaccount_socialaccount WHERE user_id = %(person)s""",
    "sessions": """
        SELECT ip, user_agent, created_at, last_seen_at
          FROM usersessions_usersession WHERE user_id = %(person)s ORDER BY id""",
    "logins": """
        SELECT id, authenticated_at, expires_at, revoked_at
          FROM accounts_tokenfamily WHERE user_id = %(person)s ORDER BY authenticated_at""",
    "devices": """
        SELECT known_at, last_seen_at FROM accounts_knowndevice WHERE user_id = %(person)s
         ORDER BY known_at""",
    "api_keys": """
        SELECT id, name, hint, permissions, allowed_ips, created_at, expires_at, last_used_at,
               revoked_at FROM accounts_apikey WHERE owner_id = %(person)s ORDER BY created_at""",
    "documents": """
        SELECT id, kind, content_type, size, status, submitted_at, decided_at, reason
          FROM accounts_document WHERE person_id = %(person)s ORDER BY submitted_at""",
    "role_proposals": """
        SELECT p.id, f.name AS from_role, t.name AS to_role, p.reason, p.status, p.proposed_at,
               p.decided_at
          FROM accounts_roleproposal p
          JOIN accounts_role f ON f.id = p.from_role_id
          JOIN accounts_role t ON t.id = p.to_role_id
         WHERE p.person_id = %(person)s ORDER BY p.proposed_at""",
    "events": """
        SELECT id, type, subject, data, request_id, recorded_at
          FROM events_event WHERE owner_id = %(person)s ORDER BY id""",
}

OPEN = {
    "a role to give back": """
        SELECT EXISTS (SELECT FROM accounts_user u JOIN accounts_role r ON r.id = u.role_id
                        WHERE u.id = %(person)s AND r.weight >= 50)""",
}
