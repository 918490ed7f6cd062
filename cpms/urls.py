"""The map of addresses."""

from django.urls import include, path

from cpms import gallery, health
from cpms.accounts.urls import directory_urls
from helpdesk.admin import site
from panels.views import work

handler400 = "cpms.accounts.views.refusals.unreadable"
handler403 = "cpms.accounts.views.refusals.forbidden"
handler404 = "cpms.accounts.views.refusals.not_found"
handler429 = "cpms.accounts.views.refusals.rate_limited"  # allauth asks for it by this name

urlpatterns = [
    path("", work.my_work, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("ui/", gallery.gallery, name="gallery"),
    path("accounts/", include("cpms.accounts.urls")),
    path("", include("cpms.notifications.urls")),
    path("", include(directory_urls)),
    path("", include("consent.urls")),
    path("", include("panels.cases.urls")),
    path("", include("panels.urls")),
    path("", include("panels.meetings.urls")),
    path("", include("outcomes.urls")),
    path("", include("helpdesk.people.urls")),
    path("", include("helpdesk.tickets.urls")),
    path("", include("helpdesk.learning.urls")),
    path("", include("helpdesk.urls")),
    path("helpdesk/", site.urls),
]
