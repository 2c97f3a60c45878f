from django.urls import path

from config.mail import views

urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("<str:name>", views.mail, name="mail"),
]
