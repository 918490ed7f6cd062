"""The Celery application. How work is done and the beat table stand here, where the broker is in the settings; tasks live in each app's ``tasks.py``."""

import os

from celery import Celery
from celery.schedules import crontab

from cpms import liveness

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpms.settings")

app = Celery("cpms", task_cls="cpms.jobs.tasks:OneAtATime")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_create_missing_queues=True,
    task_time_limit=120,
    task_soft_time_limit=100,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_soft_shutdown_timeout=30,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)
app.autodiscover_tasks()
liveness.connect()
app.conf.beat_schedule = {
    "dispatch jobs": {"task": "jobs.dispatch", "schedule": 5.0},
    "dispatch outbox": {"task": "notifications.dispatch_outbox", "schedule": 5.0},
    "seal the audit trail": {"task": "audit.seal", "schedule": 10.0},
    "tell the newest seal": {"task": "audit.tell_head", "schedule": 600.0},
    "remind": {"task": "notifications.remind", "schedule": 300.0},
    "daily mails": {"task": "notifications.send_daily", "schedule": 300.0},
    "remind of meetings": {"task": "meetings.remind", "schedule": 300.0},
    "look after meetings not noted as held": {"task": "meetings.look_after_unheld", "schedule": 900.0},
    "plan meetings ahead": {"task": "meetings.plan_ahead", "schedule": crontab(minute=27, hour=3)},
    "end polls of dates that have passed": {
        "task": "meetings.end_passed_dates",
        "schedule": crontab(minute=37, hour=3),
    },
    "look after idle panels": {"task": "panels.look_after_idle", "schedule": crontab(minute=40, hour=5)},
    "escalate late panels": {"task": "panels.escalate", "schedule": 900.0},
    "chase quick questions": {"task": "panels.chase_questions", "schedule": 3600.0},
    "look after referrals": {"task": "panels.look_after_referrals", "schedule": crontab(minute=50, hour=5)},
    "look after what waits for no coordinator": {
        "task": "panels.look_after_unattended",
        "schedule": crontab(minute=52, hour=5),
    },
    "look after requests for access": {"task": "people.look_after_requests", "schedule": crontab(minute=55, hour=5)},
    "tell of roles that end soon": {"task": "people.tell_of_ends", "schedule": crontab(minute=56, hour=5)},
    "look after tickets": {"task": "tickets.look_after", "schedule": crontab(minute=57, hour=5)},
    "look after patients left behind": {
        "task": "panels.look_after_left_behind",
        "schedule": crontab(minute=0, hour=6),
    },
    "look again at patients": {"task": "consent.look_again", "schedule": crontab(minute=10, hour=6)},
    "end the signing of corrections": {"task": "outcomes.end_signing", "schedule": crontab(minute=35)},
    "look after documents": {"task": "outcomes.look_after_documents", "schedule": 900.0},
    "ask what became of the advice": {"task": "outcomes.ask_follow_ups", "schedule": crontab(minute=20, hour=6)},
    "expire invitations": {"task": "panels.expire_invitations", "schedule": 300.0},
    "prune drafts": {"task": "drafts.prune", "schedule": crontab(minute=17, hour=2)},
    "forget drafts nobody may see": {"task": "accounts.forget_unseen", "schedule": crontab(minute=32, hour=2)},
    "forget why people stay away": {"task": "people.forget_why_away", "schedule": crontab(minute=37, hour=2)},
    "check grants": {"task": "panels.check_grants", "schedule": crontab(minute=47, hour=2)},
    "remind quiet hospitals": {
        "task": "helpdesk.remind_quiet_centres",
        "schedule": crontab(minute=30, hour=6, day_of_month="1-7", month_of_year="9,11"),
    },
    "look after files of figures": {"task": "helpdesk.look_after_files", "schedule": 900.0},
    "forget files of figures": {"task": "helpdesk.forget_files", "schedule": crontab(minute=27, hour=2)},
    "freeze monthly figures": {
        "task": "helpdesk.freeze_month",
        "schedule": crontab(minute=5, hour=3),
    },
}
