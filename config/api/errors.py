"""Which status each refusal becomes, and how every error is told to a client."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from accounts import errors as accounts
from config.api.problems import CONTENT_TYPE, DATABASE_AWAY, RETRY_SECONDS, document
from events import errors as events
from ledger import errors as ledger
from offline import errors as offline
from offline.messages import errors as messages
from payments import errors as payments
from wallets import errors as wallets

logger = logging.getLogger(__name__)

# 500 is for what our own code did wrong: the client learns a request id, the log the rest.
STATUSES: dict[type[Exception], int] = {
    events.EventRefusal: 500,
    events.OutsideTransaction: 500,
    events.SecretUnreadable: 500,
    events.AddressRefused: 400,
    events.EndpointNotFound: 404,
    events.DeliveryNotFound: 404,
    events.TooManyEndpoints: 422,
    events.EndpointDisabled: 409,
    events.DeliveryPending: 409,
    events.UnknownPosition: 400,
    events.TooManyStreams: 429,
    events.NoStreamFree: 503,
    accounts.AccountRefusal: 422,
    accounts.TokenNotValid: 401,
    accounts.RefreshTokenReused: 401,
    accounts.CallerChanged: 401,
    accounts.PersonNotFound: 404,
    accounts.EmailTaken: 409,
    accounts.SealBroken: 500,
    accounts.DataErased: 404,
    accounts.UnknownRole: 400,
    accounts.UnknownPermission: 400,
    accounts.RoleUnchanged: 422,
    accounts.RoleTooHeavy: 422,
    accounts.ProposalOpen: 409,
    accounts.ProposalNotFound: 404,
    accounts.ProposalClosed: 409,
    accounts.SecondPersonNeeded: 422,
    accounts.DocumentNotFound: 404,
    accounts.DocumentDecided: 409,
    accounts.TooManyDocuments: 422,
    accounts.NotADocument: 400,
    accounts.ErasureRefused: 409,
    accounts.TooManyTries: 429,
    accounts.IdentityRefused: 401,
    accounts.IdentityUnavailable: 503,
    accounts.LoginCodeWrong: 400,
    accounts.LoginCodeSpent: 409,
    accounts.ReauthenticationRequired: 401,
    accounts.PinRefusal: 403,
    accounts.PinRequired: 403,
    accounts.PinNotValid: 403,
    accounts.PinLocked: 403,
    accounts.NoPin: 404,
    accounts.KeyNotFound: 404,
    accounts.TooManyKeys: 422,
    accounts.KeyRevoked: 409,
    accounts.KeyNotExpired: 409,
    accounts.KeyRenewed: 409,
    ledger.LedgerRefusal: 422,
    ledger.InvalidAmount: 400,
    ledger.UnknownCurrency: 400,
    ledger.AmountTooLarge: 400,
    ledger.CurrencyMismatch: 422,
    ledger.InsufficientFunds: 422,
    ledger.AccountBlocked: 422,
    ledger.UnknownAccount: 500,
    ledger.UnbalancedEntry: 500,
    ledger.ReferenceTaken: 409,
    ledger.AlreadyReversed: 409,
    ledger.AllowanceExceeded: 422,
    ledger.CeilingReached: 422,
    ledger.ReversalMismatch: 422,
    ledger.UnknownEntry: 404,
    ledger.BatchTooLarge: 400,
    ledger.BatchRefused: 422,
    ledger.NotSealedYet: 409,
    wallets.WalletRefusal: 422,
    wallets.WalletNotFound: 404,
    wallets.DestinationNotFound: 404,
    wallets.TransferNotFound: 404,
    wallets.WalletExists: 409,
    wallets.WalletNotActive: 422,
    wallets.SameWallet: 422,
    wallets.CurrencyMismatch: 422,
    wallets.BadPeriod: 400,
    wallets.StatementTooLong: 422,
    wallets.HoldNotFound: 404,
    wallets.HoldNotOpen: 409,
    wallets.HoldNotYours: 409,
    wallets.CaptureTooLarge: 422,
    wallets.LimitExceeded: 422,
    wallets.ReceiverCannotTake: 422,
    wallets.BatchRefused: 422,
    wallets.InvalidRule: 400,
    wallets.RuleClosed: 409,
    wallets.RuleNeedsTwo: 422,
    wallets.TransferNotPending: 409,
    wallets.TransferNotReversible: 409,
    wallets.RatesNotValid: 400,
    wallets.RatesJump: 409,
    wallets.NoRate: 422,
    wallets.AmountTooSmall: 422,
    wallets.QuoteNotFound: 404,
    wallets.QuoteExpired: 422,
    wallets.QuoteUsed: 409,
    wallets.ConversionNotFound: 404,
    wallets.ScheduleNotFound: 404,
    wallets.ScheduleNotOpen: 409,
    wallets.TooManySchedules: 422,
    wallets.RuleNotValid: 400,
    wallets.PaymentRequestNotFound: 404,
    wallets.PaymentRequestClosed: 422,
    wallets.PaymentAmountMismatch: 422,
    wallets.OwnerNotActive: 422,
    wallets.WalletClosed: 409,
    wallets.WalletNotEmpty: 422,
    wallets.WalletNotFrozen: 409,
    wallets.OwnWallet: 422,
    wallets.DisputeNotFound: 404,
    wallets.DisputeExists: 409,
    wallets.DisputeClosed: 409,
    wallets.NotDisputable: 422,
    wallets.TooManyDisputes: 422,
    wallets.DisputeProposalOpen: 409,
    wallets.NoDisputeProposal: 409,
    wallets.DisputeNeedsTwo: 422,
    wallets.OwnDispute: 422,
    wallets.TooBusy: 429,
    wallets.TransferOutcomeUnknown: 503,
    wallets.TransfersUndone: 500,
    wallets.OutsideTransaction: 500,
    payments.PaymentRefusal: 422,
    payments.UnknownProvider: 400,
    payments.CurrencyNotSupported: 422,
    payments.ProviderUnavailable: 503,
    payments.DepositNotFound: 404,
    payments.DepositClosed: 409,
    payments.DepositNotPaid: 422,
    payments.RefundTooLarge: 422,
    payments.RequestKeyTaken: 422,
    payments.SignatureNotValid: 401,
    payments.WebhookTooLarge: 413,
    payments.BeneficiaryNotFound: 404,
    payments.AccountNotFound: 422,
    payments.HolderNotKnown: 400,
    payments.BeneficiaryRefused: 422,
    payments.TooManyBeneficiaries: 422,
    payments.PayoutsNotSupported: 422,
    payments.OtherProvider: 422,
    payments.PayoutNotFound: 404,
    payments.TableNotValid: 400,
    payments.PayoutNotPending: 409,
    payments.PayoutNotUnknown: 409,
    payments.VoteNotYours: 422,
    payments.DeliveryOpen: 409,
    payments.NotBroken: 409,
    payments.ProposalOpen: 409,
    payments.NoProposal: 409,
    offline.OfflineRefusal: 422,
    offline.DeviceNotFound: 404,
    offline.CertificateNotFound: 404,
    offline.TransactionNotFound: 404,
    offline.CaseNotFound: 404,
    offline.WalletNotOffline: 422,
    offline.ChallengeNotValid: 422,
    offline.ProofNotValid: 422,
    offline.DeviceKnown: 409,
    offline.DeviceActive: 409,
    offline.DeviceNotActive: 422,
    offline.CertificateActive: 409,
    offline.CertificateFinal: 409,
    offline.ClosingNotValid: 422,
    offline.LimitExceeded: 422,
    offline.NotThePayee: 403,
    offline.TransactionFinal: 409,
    offline.DisputeExists: 409,
    offline.CaseClosed: 409,
    offline.DecisionNeedsTwo: 422,
    offline.KeyHeldByDevice: 409,
    offline.KeyExportEnded: 410,
    offline.BatchTooLarge: 413,
    offline.AllowanceUsedUp: 429,
    offline.ItemRefused: 422,
    messages.MessageRefusal: 422,
    messages.Malformed: 400,
    messages.BadSignature: 422,
    messages.WeakKey: 422,
    messages.NoProof: 422,
}

# Refusals whose answer a repeated request is given again: a rule or a state said no.
KEPT_REFUSALS = tuple(refusal for refusal, status in STATUSES.items() if status in (409, 422))

# Refusals after which a key may be used for another request: this one was never begun.
FREEING_REFUSALS = tuple(refusal for refusal, status in STATUSES.items() if status in (400, 404))

# Where the contract has one code for the status; elsewhere a refusal's own code is the code, and
# also where a protocol names it (`is_named`).
_GENERAL_CODES = {
    400: "validation_error",
    403: "permission_denied",
    404: "not_found",
    409: "state_conflict",
}
_CODES = {
    "parse_error": "validation_error",
    "invalid": "validation_error",
    "authentication_failed": "token_not_valid",
}


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None, for what nobody expected, lets Django log it and say 500."""
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
    if status is not None:
        return None if status == 500 else _from_refusal(error, status)
    return _from_platform(error)


def _from_refusal(refusal: Exception, status: int) -> Response:
    reason: str = getattr(refusal, "code", "refused")
    code = reason if getattr(refusal, "is_named", False) else _GENERAL_CODES.get(status, reason)
    detail = str(refusal) or (type(refusal).__doc__ or "").partition("\n")[0]
    errors = None
    if status == 400:
        field = getattr(refusal, "field", "")
        errors = [{"field": field, "code": reason, "detail": detail}]
    response = _respond(
        document(
            status=status,
            code=code,
            detail=detail,
            errors=errors,
            reason=None if reason == code else reason,
        ),
        wait=getattr(refusal, "retry_after", None),
    )
    if status == 401:
        response["WWW-Authenticate"] = getattr(refusal, "challenge", 'Bearer realm="api"')
    return response


def _from_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flatten(error.detail))
        return _respond(
            document(
                status=400,
                code="validation_error",
                detail="The request holds invalid values.",
                errors=errors,
            )
        )
    detail, code = str(_first(error.detail)), str(_first(error.get_codes()))
    response = _respond(
        document(status=error.status_code, code=_CODES.get(code, code), detail=detail),
        wait=getattr(error, "wait", None),
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _from_platform(error: Exception) -> Response | None:
    """What Django and the database raise for their own reasons."""
    match error:
        case Http404():
            status, code, detail = 404, "not_found", "There is nothing here."
        case PermissionDenied():
            status, code, detail = 403, "permission_denied", "You may not do this."
        case RequestDataTooBig():
            status, code, detail = 413, "request_too_large", "The body is too large."
        case SuspiciousOperation() | UnreadablePostError():
            status, code, detail = 400, "validation_error", "The request is malformed."
        case _ if isinstance(error, DATABASE_AWAY):
            logger.warning("The database did not answer.", exc_info=error)
            status, code, detail = 503, "service_unavailable", "Please try again in a moment."
        case _:
            return None
    return _respond(document(status=status, code=code, detail=detail))


def _respond(members: dict[str, Any], *, wait: float | None = None) -> Response:
    status = members["status"]
    response = Response(members, status=status, content_type=CONTENT_TYPE)
    if wait is not None or status in (429, 503):
        response["Retry-After"] = str(RETRY_SECONDS if wait is None else max(1, round(wait)))
    return response


def _first(detail: Any) -> Any:
    while isinstance(detail, list | dict):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail), "")
    return detail


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Name each invalid field once per fault, nested ones as `transfers.3.amount`."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _flatten(below, ".".join(filter(None, [path, here])))
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            nested = isinstance(below, list | dict)
            yield from _flatten(below, f"{path}.{index}".lstrip(".") if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": path, "code": code, "detail": str(detail)}
