from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.renderers import write


@cache
def _document() -> bytes:
    # The paths do not change while a process lives, and walking them takes a while.
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    return write(generator.get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


class SchemaView(APIView):
    """The OpenAPI 3.1 document of this server, as JSON."""

    public = True
    schema = None
    authentication_classes = ()
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(_document(), content_type=request.accepted_media_type)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, from files of this server; its script is a second request to the same path."""

    public = True
    schema = None
    authentication_classes = ()
    url_name = "schema"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        response.headers["Content-Security-Policy"] = settings.PAGE_POLICY
        return response
