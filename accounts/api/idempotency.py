"""POSTs that may move money: one effect and one answer for each Idempotency-Key.

A view subclasses `AtomicPost`, or `StagedPost` when its operation calls a provider, and writes
`perform`, which returns a Response for what was done and raises for everything else.

Kept and repeated byte for byte: success, and refusals by a business rule (409, 422). Not kept:
requests that were not understood or not allowed, 429 and 5xx; the key may be tried again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.utils.module_loading import import_string
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import keys
from accounts.api.transactions import LOCK_NOT_AVAILABLE, in_transaction, sqlstate
from accounts.operations.claim_answer import Claim, EarlierAnswer, claim_answer
from accounts.operations.keep_answer import keep_answer
from accounts.operations.release_answer import release_answer
from events import causes

REPLAYED = "Idempotent-Replayed"
_KEPT_REFUSALS = (409, 422)

# How PostgreSQL tells which wait was in vain.
KEYS_TABLE = "accounts_keyedanswer"


class KeyRequired(APIException):
    status_code = 400
    default_code = "idempotency_key_required"
    default_detail = "This request needs an Idempotency-Key header."


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used before with another request."


class AnswerInProgress(APIException):
    status_code = 409
    default_code = "idempotency_in_progress"
    default_detail = "The first request with this Idempotency-Key is still running."
    wait = 1


@dataclass(frozen=True, slots=True)
class Keyed:
    """What identifies a request that carries a key, and what it asks for."""

    request_key: UUID
    fingerprint: UUID


def read_key(request: Request, *, required: bool = False) -> Keyed | None:
    """Read the Idempotency-Key of a request: the header, or `idempotency_key` in the body.

    The body's field is taken out of `request.data`. Returns None without a key; raises
    `ValidationError` for a malformed key or two different ones, `KeyRequired`.
    """
    header = request.META.get("HTTP_IDEMPOTENCY_KEY")
    body = request.data
    field = body.pop("idempotency_key", None) if isinstance(body, dict) else None
    if header is not None and field is not None and header != field:
        raise ValidationError({"idempotency_key": ["The header names another key."]})
    key = field if header is None else header
    if key is None:
        if required:
            raise KeyRequired
        return None
    if not keys.is_valid(key):
        raise ValidationError({"idempotency_key": ["1 to 255 printable ASCII characters."]})
    return Keyed(
        request_key=keys.request_key(
            principal_id=request.user.id,
            method=request.method or "",
            path=request.path,
            key=key,
        ),
        fingerprint=keys.fingerprint(body, query=request.META.get("QUERY_STRING", "")),
    )


def answer(*, status: int, body: str | bytes) -> HttpResponse:
    """Make a JSON response of bytes that are written already."""
    kind = "application/problem+json" if status >= 400 else "application/json"
    return HttpResponse(body, status=status, content_type=kind)


def replay(*, status: int, body: str | bytes) -> HttpResponse:
    """Give an answer that was given before, byte for byte, marked as such."""
    response = answer(status=status, body=body)
    response[REPLAYED] = "true"
    return response


@cache
def kept_refusals() -> tuple[type[Exception], ...]:
    """Return the refusals that are answers: a repeated request is given them again."""
    kept: tuple[type[Exception], ...] = import_string(settings.KEPT_REFUSALS)
    return kept


@cache
def freeing_refusals() -> tuple[type[Exception], ...]:
    """Return the refusals of requests that named what is not there or made no sense."""
    freeing: tuple[type[Exception], ...] = import_string(settings.FREEING_REFUSALS)
    return freeing


class KeyedPost(APIView, ABC):
    """What every POST that takes a key shares; mostly subclassed through one of those below."""

    idempotency_required: ClassVar[bool] = False

    @abstractmethod
    def answer_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        """Do what is asked and keep the answer, or repeat the answer of then."""

    @abstractmethod
    def answer_unkeyed(self, request: Request, kwargs: dict[str, Any]) -> HttpResponse:
        """Do what is asked."""

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        keyed = read_key(request, required=self.idempotency_required)
        with causes.bind(replace(causes.current(), actor_id=request.user.id)):
            if keyed is None:
                return self.answer_unkeyed(request, kwargs)
            return self.answer_once(request, keyed, kwargs)

    def render(self, response: Response) -> bytes:
        rendered = self.request.accepted_renderer.render(
            response.data, self.request.accepted_media_type, self.get_renderer_context()
        )
        return rendered.encode() if isinstance(rendered, str) else rendered

    def refusal(self, refusal: Exception) -> Response:
        """The answer to a refusal that is kept; raises it again if it is not."""
        response = self.handle_exception(refusal)
        if response.status_code not in _KEPT_REFUSALS:
            raise refusal
        return response


class PerformedPost(KeyedPost):
    """A POST whose view writes what to do as `perform`."""

    @abstractmethod
    def perform(self, request: Request, *, request_key: UUID | None, **kwargs: Any) -> Response:
        """Do what is asked and return the answer; raise to refuse.

        `request_key` is the same for every try of the same keyed request, None without a key.
        Headers of the Response are not part of what is kept.
        """


class AtomicPost(PerformedPost):
    """The key, the work and the answer are one database transaction: all of it or nothing."""

    def answer_unkeyed(self, request: Request, kwargs: dict[str, Any]) -> HttpResponse:
        return in_transaction(lambda: self.perform(request, request_key=None, **kwargs))

    def answer_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        return in_transaction(lambda: self._try_once(request, keyed, kwargs))

    def _try_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        claim = claim_of(keyed)
        if isinstance(claim, EarlierAnswer):
            return repeat(claim, keyed)
        try:
            with transaction.atomic():
                response = self.perform(request, request_key=keyed.request_key, **kwargs)
        except kept_refusals() as refusal:
            response = self.refusal(refusal)
        body = self.render(response)
        keep_answer(claim=claim, status=response.status_code, body=body)
        return answer(status=response.status_code, body=body)


class StagedPost(PerformedPost):
    """The key is claimed and committed first, then the work runs outside any transaction.

    If the process dies on the way, the claim is taken over after a minute and `perform` runs
    again with the same `request_key`: what it sends to others must be derived from that.
    """

    def answer_unkeyed(self, request: Request, kwargs: dict[str, Any]) -> HttpResponse:
        return self.perform(request, request_key=None, **kwargs)

    def answer_once(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> HttpResponse:
        claim = claim_of(keyed)
        if isinstance(claim, EarlierAnswer):
            return repeat(claim, keyed)
        kept = nothing_happened = False
        try:
            response = self._attempt(request, keyed, kwargs)
            body = self.render(response)
            kept = keep_answer(claim=claim, status=response.status_code, body=body)
        except APIException as refusal:
            nothing_happened = refusal.status_code < 429
            raise
        except freeing_refusals():
            nothing_happened = True
            raise
        finally:
            if not kept:
                release_answer(claim=claim, nothing_happened=nothing_happened)
        if not kept:
            # This run was slow and another one took over: that one's answer is the answer.
            raise AnswerInProgress
        return answer(status=response.status_code, body=body)

    def _attempt(self, request: Request, keyed: Keyed, kwargs: dict[str, Any]) -> Response:
        try:
            return self.perform(request, request_key=keyed.request_key, **kwargs)
        except kept_refusals() as refusal:
            return self.refusal(refusal)


@contextmanager
def in_progress() -> Iterator[None]:
    """Raise `AnswerInProgress` when the block waited in vain for a key that another run holds."""
    try:
        yield
    except OperationalError as error:
        held = sqlstate(error) == LOCK_NOT_AVAILABLE
        context = getattr(getattr(error.__cause__, "diag", None), "context", None) or ""
        if held and KEYS_TABLE in context:
            raise AnswerInProgress from None
        raise


def claim_of(keyed: Keyed) -> Claim | EarlierAnswer:
    """Claim the right to answer, or return the answer of then; raises `AnswerInProgress`."""
    with in_progress():
        return claim_answer(request_key=keyed.request_key, fingerprint=keyed.fingerprint)


def repeat(earlier: EarlierAnswer, keyed: Keyed) -> HttpResponse:
    """Give the answer of then; raises `KeyReused` to who asks for something else now."""
    if earlier.fingerprint != keyed.fingerprint:
        raise KeyReused
    if earlier.status is None:
        raise AnswerInProgress
    return replay(status=earlier.status, body=earlier.body)
