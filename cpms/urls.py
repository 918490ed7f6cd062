"""The map of addresses."""

from django.urls import include, path

from cpms import health

handler403 = "cpms.accounts.views.refusals.forbidden"
handler404 = "cpms.accounts.views.refusals.not_found"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("cpms.accounts.urls")),
]
