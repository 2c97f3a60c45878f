"""People in the back office: looked at here, changed by operations."""

from django.contrib import admin

from accounts.admin import documents, people, proposals
from accounts.admin.login import LoginForm, change_password

__all__ = ["documents", "people", "proposals"]

admin.site.login_form = LoginForm
admin.site.login_template = "accounts/admin_login.html"
admin.site.password_change = change_password  # type: ignore[method-assign,assignment]
admin.site.site_header = admin.site.site_title = "Purser"
admin.site.site_url = None
