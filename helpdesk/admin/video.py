"""The video server of a network. Its secret is sealed; it can be replaced here, and is never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from helpdesk.admin.pages import OwnNetworkAdmin, site
from helpdesk.admin.seen import SeenForm
from panels.meetings import actions
from panels.meetings.models import VideoService


class VideoServiceForm(SeenForm):
    address = forms.URLField(
        assume_scheme="https",
        max_length=200,
        help_text="Begins with https://, for example https://meet.hospital.example",
    )
    new_secret = forms.CharField(
        label="Secret",
        required=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="What signs the rooms' tokens, 32 signs or more. Left empty, it stays as it is.",
    )

    class Meta:
        model = VideoService
        fields = ("network", "kind", "address", "app_id")
        help_texts = {"app_id": "Jitsi's application id. BigBlueButton needs none."}

    def clean(self) -> dict[str, Any]:
        """What the server needs to let anybody in."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not str(cleaned.get("address", "")).startswith("https://"):
            self.add_error("address", "The address must begin with https://")
        if not cleaned.get("new_secret") and self.instance._state.adding:
            self.add_error("new_secret", "Without its secret nobody gets in.")
        return cleaned


class VideoServiceAdmin(OwnNetworkAdmin):
    """One for each network; without one, meetings take place wherever their link leads."""

    form = VideoServiceForm
    fields = ("network", "kind", "address", "app_id", "new_secret")
    list_display = ("network", "kind", "address", "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[VideoService]:
        """With the network of each: Django brings nothing along where the model brings its key."""
        return super().get_queryset(request).select_related("key", "network")

    def save_model(self, request: HttpRequest, obj: VideoService, form: Any, change: Any) -> None:
        actions.save_service(obj, secret=form.cleaned_data["new_secret"], by=request.user)


site.register(VideoService, VideoServiceAdmin)
