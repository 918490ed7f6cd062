"""The product's addresses and a bare page: the same frame, one query, nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from cpms import urls
from cpms.accounts.access import access
from cpms.accounts.models import Centre
from cpms.accounts.roles import Permission

handler403, handler404 = urls.handler403, urls.handler404


@access("bare", verb=Permission.SIGNED_IN)
def bare(request: HttpRequest) -> HttpResponse:
    Centre.objects.count()
    return render(request, "base.html")


urlpatterns = [path("bare/", bare, name="bare"), *urls.urlpatterns]
