"""One's own data: taken along, and erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.notices import send_notice
from accounts.api.people_serializers import ErasureSerializer
from accounts.api.uploads import AnythingGoes
from accounts.operations import erase_person, export_data


class ExportView(APIView):
    """All that is held about the caller, as a zip of JSON files and their documents."""

    sensitive = True
    content_negotiation_class = AnythingGoes

    @extend_schema(
        operation_id="users_me_export", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        person_id, now = principal_of(request).id, timezone.now()
        return StreamingHttpResponse(
            zipped(export_data(person_id=person_id), at=now),
            content_type="application/zip",
            headers={
                "Content-Disposition": f'attachment; filename="{now:%Y-%m-%d}.zip"',
                "Cache-Control": "no-store",
            },
        )


class EraseMeView(APIView):
    """Destroys what tells who the caller is. There is no way back."""

    sensitive = True

    @extend_schema(operation_id="users_me_erase", request=ErasureSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        body = ErasureSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        caller = principal_of(request)
        if body.validated_data["email"].lower() != caller.email:
            raise ValidationError({"email": ["Write your own address, to say that you mean it."]})
        address = erase_person(person_id=caller.id, actor_id=caller.id, at=timezone.now())
        send_notice(request, email=address, template="erased")
        return Response(status=204)


class ErasePersonView(APIView):
    """Destroys what tells who somebody of less weight is, for one who asked for it."""

    permission = "accounts.erase_user"
    sensitive = True

    @extend_schema(operation_id="users_erase", request=None, responses={204: None})
    def post(self, request: Request, user_id: UUID) -> Response:
        actor = principal_of(request)
        address = erase_person(person_id=user_id, actor_id=actor.id, at=timezone.now())
        send_notice(request, email=address, template="erased")
        return Response(status=204)


class _Pipe:
    """A file that is only written to; what was written is taken out from time to time."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here: what is written is there to be taken."""

    def take(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], *, at: datetime) -> Iterator[bytes]:
    """Zip files while they are read, holding no more than a piece of one at a time."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, pieces in files:
            entry = ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    yield pipe.take()
    yield pipe.take()
