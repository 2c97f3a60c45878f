from django.urls import path

from events.api import views
from events.api.stream_view import StreamView

urlpatterns = [
    path("events", views.EventsView.as_view()),
    path("events/stream", StreamView.as_view()),
    path("webhook-endpoints", views.EndpointsView.as_view()),
    path("webhook-endpoints/<uuid:endpoint_id>", views.EndpointView.as_view()),
    path("webhook-endpoints/<uuid:endpoint_id>/rotate-secret", views.SecretView.as_view()),
    path("webhook-endpoints/<uuid:endpoint_id>/deliveries", views.DeliveriesView.as_view()),
    path(
        "webhook-endpoints/<uuid:endpoint_id>/deliveries/<uuid:delivery_id>/redeliver",
        views.RedeliveryView.as_view(),
    ),
]
