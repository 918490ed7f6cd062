"""Doses as people write them. What is kept stays as it was sent."""

from __future__ import annotations

import re

COUNTS = "Once|Twice|Two|Three|Four|Five|Six|Seven|Eight|Twelve|Times"
SPANS = "Daily|Weekly|Monthly|Yearly|Every|Each|Other|Per|Hours?|Days?|Weeks?|Months?"
WHENS = "In|The|Morning|Evening|At|Night|Bedtime|As|Needed"
SCHEDULE = re.compile(rf"(?<=\S )(?:{COUNTS}|{SPANS}|{WHENS})(?: (?:{COUNTS}|{SPANS}|{WHENS}))+\b")
DOSE = re.compile(r"(?<=\d )(u(?=[gLm](?![a-zA-Z]))|\[[iI]U\])")


def dose_words(text: str) -> str:
    """``75 ug Once Daily`` is said 75 µg once daily, ``14 [iU]`` 14 IU; every other word stands as it is."""
    units = DOSE.sub(lambda found: "µ" if found[0] == "u" else "IU", text)
    return SCHEDULE.sub(lambda found: found[0].lower(), units)
