from django.urls import path
from drf_spectacular.views import SpectacularSwaggerView

from config.api import health
from config.api.views import SchemaView

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.measurements, name="metrics"),
    path("api/schema", SchemaView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
