"""Documents: handed in by people, read and decided by staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.people_serializers import (
    DocumentDecisionSerializer,
    DocumentSerializer,
    DocumentUploadSerializer,
    QueuedDocumentSerializer,
)
from accounts.api.uploads import AnythingGoes, SmallForm
from accounts.models import Document, DocumentStatus
from accounts.operations import decide_document, read_document, submit_document
from accounts.queries import documents_below, documents_of, role_has_permission

# Whatever somebody sent is shown as nothing but a file.
_POLICY = "default-src 'none'; sandbox"


@extend_schema_view(get=extend_schema(operation_id="users_me_documents_list"))
class MyDocumentsView(ListAPIView[Document]):
    """What the caller handed in to show who they are, and what became of it."""

    parser_classes = (SmallForm,)
    serializer_class = DocumentSerializer
    ordering = ("-submitted_at", "-id")

    def get_queryset(self) -> QuerySet[Document]:
        return documents_of(principal_of(self.request).id)

    @extend_schema(
        operation_id="users_me_documents_submit",
        request={"multipart/form-data": DocumentUploadSerializer},
        responses={201: DocumentSerializer},
    )
    def post(self, request: Request) -> Response:
        body = DocumentUploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        document = submit_document(
            person_id=principal_of(request).id,
            kind=body.validated_data["kind"],
            content=body.validated_data["file"].read(),
            at=timezone.now(),
        )
        return Response(DocumentSerializer(document).data, status=201)


@extend_schema_view(
    get=extend_schema(
        operation_id="documents_list",
        parameters=[OpenApiParameter("status", str, enum=DocumentStatus.values)],
    )
)
class DocumentsView(ListAPIView[Document]):
    """Documents of people of less weight than the caller."""

    permission = "accounts.review_document"
    serializer_class = QueuedDocumentSerializer
    ordering = ("-submitted_at", "-id")

    def get_queryset(self) -> QuerySet[Document]:
        documents = documents_below(weight=principal_of(self.request).weight)
        status = self.request.query_params.get("status")
        if status is None:
            return documents
        if status not in DocumentStatus.values:
            raise ValidationError({"status": ["Not a status of documents."]})
        return documents.filter(status=status)


class DocumentFileView(APIView):
    """The file of a document. That it was read is on record."""

    permission = "accounts.review_document"
    content_negotiation_class = AnythingGoes

    @extend_schema(
        operation_id="documents_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, document_id: UUID) -> HttpResponse:
        document, content = read_document(
            actor_id=principal_of(request).id, document_id=document_id
        )
        return file_response(content, document)


class DocumentDecisionView(APIView):
    """Accepts or rejects a document, once. A `kyc_tier` wants the permission `set_kyc_tier` too."""

    permission = "accounts.review_document"

    @extend_schema(
        operation_id="documents_decide",
        request=DocumentDecisionSerializer,
        responses=QueuedDocumentSerializer,
    )
    def post(self, request: Request, document_id: UUID) -> Response:
        asker = principal_of(request)
        body = DocumentDecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        tier: Any = body.validated_data.get("kyc_tier")
        if tier is not None and not (
            asker.is_superuser
            or role_has_permission(role=asker.role, permission="accounts.set_kyc_tier")
        ):
            raise PermissionDenied
        document = decide_document(
            actor_id=asker.id,
            document_id=document_id,
            status=DocumentStatus(body.validated_data["decision"]),
            kyc_tier=tier,
            reason=body.validated_data["reason"],
            at=timezone.now(),
        )
        return Response(QueuedDocumentSerializer(document).data)


def file_response(content: bytes, document: Document) -> HttpResponse:
    """Answer with a file that no browser opens as a page of ours."""
    return HttpResponse(
        content,
        content_type=document.content_type,
        headers=file_headers(str(document.id), document.content_type),
    )


def file_headers(name: str, content_type: str) -> dict[str, str]:
    """Return what keeps a browser from opening somebody's file as a page of ours."""
    return {
        "Content-Disposition": f'attachment; filename="{name}.{content_type.partition("/")[2]}"',
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
