"""How long typed text is kept when its form is never sent."""

import datetime as dt

KEEP_DRAFTS = dt.timedelta(days=14)
KEEP_POST_KEYS = dt.timedelta(hours=24)
LONGEST_DRAFT = 200_000
KEEP_ENVELOPES = dt.timedelta(days=14)
"""Words for a job that was given up stay so long, for whoever mends the cause and asks again."""
HELD_FORMS, KEEP_HELD_FORMS = "held form", dt.timedelta(minutes=10)
"""A form that met a stale code waits so long for a fresh one."""
