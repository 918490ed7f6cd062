"""How each kind of row comes into a test."""

from __future__ import annotations

from tests import factories
from tests.test_conventions import OURS

# Models without a factory class, by what makes them instead
MADE_OTHERWISE = {
    "Story in tests/factories, with canaries and through the product's own actions": """
        patients: Patient
        consent: Consent
        cases: Case CaseGrant CaseFile FilePiece CaseForm CaseAnswers Diagnosis Finding LabResult Variant Treatment
        cases: Rectification
        panels: Panel PanelStep PanelCounter Invitation Contribution Message
        vault: DataKey
    """,
    "a function in tests/factories": """
        accounts: TotpDevice
    """,
    "the action under test: a row by hand would skip what the action holds": """
        jobs: Job LastRun
        vault: Envelope
        audit: AuditEvent AuditSeal AuditHead
        accounts: ActivationLink ExpertGroup UnitCover RecoveryDevice RecoveryCode
        drafts: Draft PostKey
        notifications: WorkItem OutboxMessage ChasingRule MailWish
        consent: Review RegistryRelease
        cases: CaseImport LabAlias GroupRange
        panels: Assist MeetingWish TimeSpent Visit Dispatch SavedFilter Question Answer Referral Stance Thanks Wording
        meetings: CalendarFeed MeetingSeries Meeting AgendaItem MeetingDecision Attendance DatePoll ProposedDate DateAnswer
        outcomes: Outcome AdviceItem OutcomeVersion OutcomeSave SignOff Effect FollowUp AdviceDone
        outcomes: Topic OutcomeDocument SurveyRound SurveyAsked SurveyAnswer
        people: TableRow Outreach
        tickets: Ticket Reply Consultation StatusEntry Vote
        helpdesk: MonthlyKpi KpiCorrection Nudge FigureFile
    """,
    "a shipped catalogue, loaded by its command": """
        terminology: Terminology Concept ConceptSynonym ConceptEdge
        consent: ConsentForm
    """,
    "a plain row of two or three values, written where it is needed": """
        accounts: AdvocacyGroup CentreMembership Expertise Unit
        consent: Registry
        meetings: VideoService
    """,
}


def otherwise():
    for lines in MADE_OTHERWISE.values():
        for line in lines.split("\n"):
            app, _, names = line.strip().partition(": ")
            yield from (f"{app}.{name}" for name in names.split())


def test_every_model_has_a_factory_or_says_what_makes_it():
    made = {one._meta.model._meta.label for one in vars(factories).values() if hasattr(one, "_meta")}
    models = {model._meta.label for app in OURS for model in app.get_models() if not model._meta.proxy}
    assert sorted(models - made) == sorted(otherwise())
