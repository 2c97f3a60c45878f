-- What the application's role may do, applied after every migration, whole and in one
-- transaction. Truth that must not be rewritten is readable and no more: money moves through
-- the ledger's functions, which run with their owner's rights.
GRANT USAGE ON SCHEMA public TO purser_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO purser_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO purser_app;

REVOKE INSERT, UPDATE, DELETE ON
    ledger_currency, ledger_ledgeraccount, ledger_journalentry, ledger_posting,
    django_migrations
FROM purser_app;
REVOKE UPDATE, DELETE ON ledger_sealedblock FROM purser_app;
REVOKE UPDATE, DELETE ON events_event FROM purser_app;
REVOKE INSERT, DELETE ON events_eventrelay FROM purser_app;
REVOKE UPDATE, DELETE ON events_webhookendpoint FROM purser_app;
GRANT UPDATE (place, url, description, event_types, secret, former_secret, former_until,
    starts_after, failing_since, disabled_at, disabled_reason, removed_at)
ON events_webhookendpoint TO purser_app;
REVOKE UPDATE ON events_eventdelivery FROM purser_app;
GRANT UPDATE (status, attempts, step, next_try_at, last_tried_at, response_status, problem,
    duration_ms, settled_at)
ON events_eventdelivery TO purser_app;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO purser_app;

-- Of business rows only the state may change, and none goes.
REVOKE UPDATE, DELETE ON wallets_wallet, wallets_transfer FROM purser_app;
GRANT UPDATE (label, status, debits_stopped) ON wallets_wallet TO purser_app;
GRANT UPDATE (status, destination_id) ON wallets_transfer TO purser_app;
REVOKE UPDATE, DELETE ON wallets_transit, wallets_transferreversal FROM purser_app;
GRANT UPDATE (email, mailed_at, settled_id, settled_at) ON wallets_transit TO purser_app;
REVOKE UPDATE, DELETE ON
    wallets_dispute, wallets_disputestep, wallets_disputeevidence, wallets_disputedecision
FROM purser_app;
GRANT UPDATE (hold_id, status, asked_party, assigned_to_id, due_at, escalated_at, closed_at,
              refunded_minor, refund_reference) ON wallets_dispute TO purser_app;
GRANT UPDATE (status, decided_by_id, decided_at) ON wallets_disputedecision TO purser_app;
REVOKE UPDATE, DELETE ON wallets_freeze FROM purser_app;
GRANT UPDATE (lifted_by_id, lifted_at, lift_reason) ON wallets_freeze TO purser_app;
REVOKE UPDATE, DELETE ON wallets_hold, wallets_holdcapture FROM purser_app;
GRANT UPDATE (captured_minor, status, closed_at, closed_reason) ON wallets_hold TO purser_app;
REVOKE UPDATE, DELETE ON wallets_feerule, wallets_limitrule FROM purser_app;
GRANT UPDATE (status, decided_by_id, decided_at, effective_from)
    ON wallets_feerule, wallets_limitrule TO purser_app;
REVOKE DELETE ON wallets_usage FROM purser_app;
-- Rates and spreads are only added to. A quote that nobody used goes after a day.
REVOKE UPDATE, DELETE ON
    wallets_ratesheet, wallets_rate, wallets_fxspread, wallets_conversion
FROM purser_app;
REVOKE UPDATE ON wallets_fxquote FROM purser_app;
GRANT UPDATE (used_at) ON wallets_fxquote TO purser_app;
REVOKE UPDATE, DELETE ON wallets_paymentrequest FROM purser_app;
GRANT UPDATE (status, entry_id, payer_id, paid_minor, closed_at) ON wallets_paymentrequest
    TO purser_app;
REVOKE DELETE ON wallets_scheduledtransfer, wallets_scheduledrun FROM purser_app;
REVOKE UPDATE ON wallets_scheduledrun FROM purser_app;
GRANT UPDATE (status, attempts, refusal, skipped, tried_at) ON wallets_scheduledrun TO purser_app;
REVOKE DELETE ON payments_deposit, payments_webhookdelivery, payments_payout, payments_refund
    FROM purser_app;
REVOKE UPDATE, DELETE ON
    payments_payoutvote, payments_beneficiary, payments_payoutbatch, payments_payoutbatchrow
FROM purser_app;
GRANT UPDATE (state, code, payout_id) ON payments_payoutbatchrow TO purser_app;
GRANT UPDATE (provider_code, removed_at) ON payments_beneficiary TO purser_app;
REVOKE INSERT, UPDATE, DELETE ON payments_payoutthreshold FROM purser_app;
REVOKE UPDATE, DELETE ON payments_reconciliationrun, payments_reconciliationproposal
    FROM purser_app;
GRANT UPDATE (status, decided_by_id, decided_at) ON payments_reconciliationproposal TO purser_app;
REVOKE DELETE ON payments_reconciliationline FROM purser_app;
REVOKE UPDATE, DELETE ON payments_conversation, payments_moneyproof FROM purser_app;

-- What a role may do changes with the schema's rights (manage.py define_role); who has which
-- role, by a proposal that somebody else approved.
REVOKE INSERT, UPDATE, DELETE ON
    accounts_role, accounts_role_permissions,
    auth_permission, auth_group, auth_group_permissions, django_content_type
FROM purser_app;
REVOKE UPDATE, DELETE ON accounts_roleproposal FROM purser_app;
GRANT UPDATE (status, decided_by_id, decided_at) ON accounts_roleproposal TO purser_app;
REVOKE DELETE ON accounts_user, accounts_datakey FROM purser_app;
REVOKE UPDATE ON accounts_document FROM purser_app;
GRANT UPDATE (status, decided_at, decided_by_id, reason) ON accounts_document TO purser_app;

-- What a key may do, and until when, is settled when it is made.
REVOKE UPDATE ON accounts_apikey FROM purser_app;
GRANT UPDATE (name, place, last_used_at, revoked_at, allowed_ips) ON accounts_apikey TO purser_app;

-- Offline payments: evidence and terms stay; triggers say which columns may still change.
REVOKE DELETE ON
    offline_device, offline_certificate, offline_voucher, offline_case, offline_issuerkey
FROM purser_app;
REVOKE UPDATE, DELETE ON offline_revocationlist, offline_forkproof FROM purser_app;
REVOKE UPDATE, DELETE ON offline_casedecision FROM purser_app;
GRANT UPDATE (approved_by_id, approved_at) ON offline_casedecision TO purser_app;
REVOKE UPDATE ON offline_issuerkey FROM purser_app;
GRANT UPDATE (sealed) ON offline_issuerkey TO purser_app;
REVOKE UPDATE, DELETE ON offline_serverkey FROM purser_app;
GRANT UPDATE (did, jwe, handed_out_at, destroyed_at) ON offline_serverkey TO purser_app;
