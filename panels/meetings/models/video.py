"""A network's own video server."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cpms import clock
from cpms.accounts.models import Network
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.meetings.states import VideoKind


class VideoService(SealedModel):
    """Jitsi or BigBlueButton run by a hospital or network. The secret that lets people in is sealed under a key of its own."""

    network = models.OneToOneField(Network, on_delete=models.PROTECT, related_name="video_service")
    kind = models.CharField(max_length=10, choices=VideoKind, default=VideoKind.JITSI)
    address = models.URLField(max_length=200)
    app_id = models.CharField(max_length=100, blank=True)
    secret = SealedTextField()
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SealedManager()

    class Meta:
        ordering = ["network__name"]

    def __str__(self) -> str:
        return f"video server of {self.network}"
