import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpms.settings")
application = get_wsgi_application()


def settle() -> None:
    """Load what the first visitor would wait for (every page's code, the table of units), and take it out of the garbage
    collector's rounds: it stays for good, and walking it again costs a page tens of milliseconds."""
    from django.urls import get_resolver  # noqa: PLC0415 Django must be set up first

    from cpms.terminology.units import quantity  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 read for its imports
    quantity("mmol/L")
    gc.collect()
    gc.freeze()


settle()
