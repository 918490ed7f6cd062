"""What mails say of meetings: no name, no disease, no title."""

from __future__ import annotations

from cpms.notifications.notices.joining import Words
from cpms.notifications.notices.kinds import Notice

MEETINGS = {
    Notice.MEETING: Words(
        "CPMS: a panel meeting", "A meeting on panel {ref} is planned. The calendar entry is attached to this mail."
    ),
    Notice.MEETING_MOVED: Words(
        "CPMS: a meeting was moved",
        "A meeting you were asked to is at another time now. The entry attached to this mail takes the place of the old one.",
    ),
    Notice.MEETING_CALLED_OFF: Words(
        "CPMS: a meeting is called off",
        "A meeting you were asked to does not take place. The entry attached to this mail takes it out of your calendar.",
    ),
    Notice.MEETING_LEFT: Words(
        "CPMS: you are no longer asked to a meeting", "The entry attached to this mail takes it out of your calendar."
    ),
    Notice.MEETING_SOON: Words(
        "CPMS: a meeting is near",
        "A meeting you were asked to is near. The page says when it begins, and what is on its agenda.",
    ),
    Notice.MEETING_CHANGED: Words(
        "CPMS: a meeting was changed",
        "The length of a meeting you were asked to, the way into it, or its entry in your calendar is another one now. The entry "
        "attached to this mail brings your calendar up to date.",
    ),
    Notice.HOLD_WANTED: Words(
        "CPMS: was the meeting held?",
        "A meeting that you chair is over. Its page asks who was there; the outcomes of its panels wait for that.",
    ),
    Notice.MEETING_HELD: Words(
        "CPMS: a meeting counts as held",
        "Nobody said within three days that the meeting on panel {ref} was held. It counts as held now, and the outcome can be "
        "written.",
    ),
    Notice.AGENDA: Words(
        "CPMS: the agenda of a meeting changed",
        "The place or the time of panel {ref} on the agenda of a meeting is another one now. The page shows the agenda.",
    ),
    Notice.TAKEN_OFF: Words(
        "CPMS: a panel was taken off an agenda",
        "The chair took panel {ref} off the agenda of a meeting. Its lead can bring it to another one.",
    ),
    Notice.DATES: Words(
        "CPMS: which date suits you?",
        "Dates are proposed for a meeting on panel {ref}. Say which of them suit you; it takes a few taps.",
    ),
    Notice.DATES_PASSED: Words(
        "CPMS: the dates for a meeting have passed",
        "All dates proposed for a meeting on panel {ref} have passed, and none was picked. Nobody is asked about them any more. "
        "If a meeting is still wanted, other dates can be proposed.",
    ),
    Notice.PRESENTER: Words(
        "CPMS: you are asked to present a panel",
        "You are asked to present panel {ref} in a meeting. The page says when.",
    ),
    Notice.NOT_PRESENTER: Words(
        "CPMS: you need not present a panel",
        "You were asked to present panel {ref} in a meeting. You need not any more.",
    ),
    Notice.SERIES: Words(
        "CPMS: a series of meetings",
        "You are asked to a meeting that returns. The entry attached to this mail puts all its dates into your calendar.",
    ),
    Notice.SERIES_CHANGED: Words(
        "CPMS: a series of meetings was changed",
        "A meeting that returns has another time, name, length or way in now. The entry attached to this mail takes the place of the "
        "old one.",
    ),
    Notice.SERIES_BEFORE: Words(
        "CPMS: the dates of a series before its change",
        "A meeting that returns changes its time on a later date. The entry attached to this mail keeps the dates before that in your "
        "calendar. The new dates are in a mail of their own.",
    ),
    Notice.SERIES_LEFT: Words(
        "CPMS: you are no longer asked to a series of meetings",
        "The entry attached to this mail takes all its dates out of your calendar. What you are asked to for a panel stays.",
    ),
    Notice.SERIES_ENDED: Words(
        "CPMS: a series of meetings has ended",
        "A meeting that returned does so no more. The entry attached to this mail ends it in your calendar.",
    ),
    Notice.PEOPLE_LEFT: Words(
        "CPMS: people were taken off a series of meetings",
        "Somebody asked to every meeting of a series sees it no more, because a role or a hospital of theirs has ended. They are off "
        "its dates, and their calendar heard of it. The page says who is asked now.",
    ),
}
