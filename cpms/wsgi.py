import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpms.settings")
application = get_wsgi_application()

YOUNG = 50_000
"""After how many new objects the garbage collector looks at the young ones. A large page makes some tens of thousands, nearly all of
which go without it; by Python's 700 it walked them forty times, and everything that stays every third page."""


def settle() -> None:
    """Load what the first visitor would wait for (every page's code and template, the table of units), and take it out of the
    garbage collector's rounds: it stays for good, and walking it again costs a page tens of milliseconds."""
    from django.conf import settings  # noqa: PLC0415 Django must be set up first
    from django.template.loader import get_template  # noqa: PLC0415
    from django.urls import get_resolver  # noqa: PLC0415

    from cpms.terminology.units import quantity  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 read for its imports
    for page in (settings.BASE_DIR / "templates").rglob("*.html"):
        get_template(str(page.relative_to(settings.BASE_DIR / "templates")))
    quantity("mmol/L")
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


settle()
