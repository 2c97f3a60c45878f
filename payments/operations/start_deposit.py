from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from events.operations import append_event
from ledger.money import Money
from payments import asking, queries, references
from payments.errors import (
    CurrencyNotSupported,
    DepositClosed,
    ProviderUnavailable,
    RequestKeyTaken,
)
from payments.judgement import Finding
from payments.models import Deposit
from payments.operations.keep_conversation import told
from payments.operations.settle_deposit import settle_deposit
from payments.providers.base import (
    DUPLICATE_REFERENCE,
    Checkout,
    CheckoutRequest,
    Done,
    Outcome,
    Provider,
    Refused,
)
from wallets.errors import WalletNotActive
from wallets.models import Wallet, WalletStatus
from wallets.operations import count_use

RETURN_PATH = "/api/v1/deposits/return"


def start_deposit(
    *,
    wallet: Wallet,
    amount: Money,
    payer_email: str,
    provider: Provider,
    request_key: UUID,
    now: datetime,
) -> Deposit:
    """Open a checkout on which the wallet's owner can pay `amount` into it.

    `request_key` names the request: run again with it, in parallel or after a crash, this
    returns the same deposit and never opens a second one. Calls the provider, so it refuses to
    run inside a transaction. Raises `WalletNotActive`, `CurrencyNotSupported`, `LimitExceeded`, and
    `ProviderUnavailable` when there is no checkout: the deposit stays pending, and the same
    request may be sent again. `DepositClosed` when that is tried after the deposit has ended;
    `RequestKeyTaken` when the key belongs to other terms.
    """
    if wallet.status != WalletStatus.ACTIVE:
        raise WalletNotActive
    if amount.currency.code not in provider.currencies:
        raise CurrencyNotSupported(provider.name, amount.currency.code)

    deposit = _record_intention(wallet, amount, provider, request_key, now)
    if deposit.authorization_url or deposit.status == Deposit.Status.COMPLETED:
        return deposit
    if deposit.status != Deposit.Status.PENDING:
        raise DepositClosed(deposit.reference)

    return _open_checkout(deposit, payer_email, provider, now)


def _record_intention(
    wallet: Wallet, amount: Money, provider: Provider, request_key: UUID, now: datetime
) -> Deposit:
    """Write down what is about to be asked, before anybody is asked."""
    reference = references.deposit_reference(at=now, seed=request_key)
    try:
        with transaction.atomic(durable=True):
            deposit = Deposit.objects.create(
                reference=reference,
                wallet=wallet,
                owner_id=wallet.owner_id,
                amount_minor=amount.amount_minor,
                currency=amount.currency.code,
                provider=provider.name,
                provider_reference=provider.spell(reference),
                request_key=request_key,
                created_at=now,
                expires_at=now + asking.OPEN_FOR,
                next_ask_at=now + timedelta(seconds=settings.PURSER_SWEEP_SECONDS),
            )
            # Now, and never when it has been paid: what arrived is credited.
            count_use(wallet=wallet, operation="deposit", amount=amount, at=now)
            append_event(
                type="deposit.started",
                subject=reference,
                owner_id=deposit.owner_id,
                data=deposit.facts(),
            )
    except IntegrityError:
        earlier = queries.find_deposit_by_request(request_key)
        if earlier is None:
            raise
        if not earlier.asks_for(wallet_id=wallet.pk, amount=amount, provider=provider.name):
            raise RequestKeyTaken from None
        return earlier
    return deposit


def _open_checkout(
    deposit: Deposit, payer_email: str, provider: Provider, now: datetime
) -> Deposit:
    outcome = _ask_for_checkout(deposit, payer_email, provider)
    if isinstance(outcome, Refused) and outcome.code == DUPLICATE_REFERENCE:
        # An earlier call did arrive, and its answer was lost with the address of the checkout.
        # Nobody has that address, so nobody can pay there: ask to be sure, then ask anew.
        found = settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=deposit.provider_reference,
            provider=provider,
            now=now,
        )
        if found.finding in {Finding.UNKNOWN, Finding.IN_PROGRESS}:
            raise ProviderUnavailable(provider.name, found.reason)
        deposit = _next_attempt(deposit)
        if deposit.authorization_url or deposit.status != Deposit.Status.PENDING:
            return deposit
        outcome = _ask_for_checkout(deposit, payer_email, provider)
    if isinstance(outcome, Done):
        return _record_address(deposit, outcome.value)

    reason = outcome.code if isinstance(outcome, Refused) else outcome.reason
    Deposit.objects.filter(pk=deposit.pk, authorization_url="").update(reason=reason[:60])
    raise ProviderUnavailable(provider.name, reason)


def _ask_for_checkout(deposit: Deposit, payer_email: str, provider: Provider) -> Outcome[Checkout]:
    asked = CheckoutRequest(
        reference=deposit.provider_reference,
        amount=deposit.amount,
        payer_email=payer_email,
        return_url=settings.DEPOSIT_RETURN_URL or f"{settings.PURSER_ORIGIN}{RETURN_PATH}",
    )
    return told(
        provider.create_checkout(asked),
        provider=provider.name,
        question="create_checkout",
        reference=asked.reference,
    )


def _next_attempt(deposit: Deposit) -> Deposit:
    """Move on to the next reference, unless a parallel run of the request has done something."""
    attempt = deposit.attempt + 1
    if attempt > references.MOST_ATTEMPTS:
        raise ProviderUnavailable(deposit.provider, "attempts_used_up")
    first = references.first_attempt(deposit.provider_reference)
    Deposit.objects.filter(
        pk=deposit.pk,
        attempt=deposit.attempt,
        authorization_url="",
        mismatch="",
        status=Deposit.Status.PENDING,
    ).update(attempt=attempt, provider_reference=references.of_attempt(first, attempt))
    deposit.refresh_from_db()
    return deposit


def _record_address(deposit: Deposit, checkout: Checkout) -> Deposit:
    """Keep the address of this attempt; a parallel run that came first keeps its own."""
    Deposit.objects.filter(pk=deposit.pk, attempt=deposit.attempt, authorization_url="").update(
        authorization_url=checkout.authorization_url, checkout_id=checkout.provider_id, reason=""
    )
    deposit.refresh_from_db()
    if not deposit.authorization_url:
        raise ProviderUnavailable(deposit.provider, "another_run_is_at_it")
    return deposit
