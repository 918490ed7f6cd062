"""One settings module, read from the environment. A missing variable fails at start with a hint."""

from __future__ import annotations

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

HINTS = {
    "SECRET_KEY": "a random text of at least 50 characters",
    "CPMS_KEK": 'the key-encryption key as "name:base64 of 32 bytes"',
    "DATABASE_URL": "postgresql://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0",
}


def required(name: str) -> str:
    """The variable's text; ``ImproperlyConfigured`` with a hint when it is missing or empty."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set {name}: {HINTS[name]}. bin/up does this for you; see docs/operations.md.")
    return value


SECRET_KEY = required("SECRET_KEY")
CPMS_KEKS = [pair.strip() for pair in required("CPMS_KEK").split(",")]  # the first one wraps, all of them unwrap
DEBUG = env.bool("CPMS_DEBUG", default=False)
DEMO = env.bool("CPMS_DEMO", default=False)
HTTPS = env.bool("CPMS_HTTPS", default=True)  # off only on loopback, where no certificate exists
BASE_URL = env.str("CPMS_BASE_URL", default="https://localhost")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TERMINOLOGY_DIR = Path(env.str("CPMS_TERMINOLOGY_DIR", default=str(BASE_DIR / "var" / "terminology")))
RUN_DIR = Path(env.str("CPMS_RUN_DIR", default=str(BASE_DIR / "var" / "run")))  # signs of life, beat's memory
MAIL_DIR = Path(env.str("CPMS_MAIL_DIR", default=str(BASE_DIR / "var" / "mail")))

INSTALLED_APPS = [
    "cpms.jobs",
    "cpms.vault",
    "cpms.audit",
    "cpms.terminology",
    "cpms.accounts",
    "cpms.drafts",
    "cpms.notifications",
    "cpms.patients",
    "consent",
    "panels.cases",
    "panels",
    "panels.meetings",
    "outcomes",
    "helpdesk.people",
    "helpdesk.tickets",
    "helpdesk.learning",
    "helpdesk",
    "django.forms",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "guardian",
    "django_otp",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cpms.middleware.RequestIdMiddleware",
    "cpms.middleware.CompressTextMiddleware",
    "cpms.middleware.ReadOneWayMiddleware",
    "cpms.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cpms.accounts.middleware.SessionLimitsMiddleware",
    "cpms.accounts.middleware.VerifiedRequiredMiddleware",
    "cpms.accounts.middleware.ZoneMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cpms.urls"
WSGI_APPLICATION = "cpms.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpms.notifications.context.shell",
                "panels.context.looking_on",
                "helpdesk.learning.context.manual",
            ],
            "builtins": ["cpms.ui", "cpms.forms", "cpms.charts"],
        },
    },
]
FORM_RENDERER = "cpms.forms.ClinicalRenderer"

# Only bin/entry migrate is told of the owner, and works as it; all others work as the role of DATABASE_URL (cpms.rights)
OWNER_URL = env.str("CPMS_OWNER_DATABASE_URL", default="")
RUNTIME_ROLE = env.db_url_config(required("DATABASE_URL"))["USER"]
DATABASES = {
    "default": {
        **env.db_url_config(OWNER_URL or required("DATABASE_URL")),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.int("CPMS_DB_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": env.str("CPMS_TEST_TEMPLATE", default=None)},  # what the suite's databases are copied from
    }
}
# Rows are read from memory or flash, and no page's query is long enough to be worth compiling
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", "-c random_page_cost=1.1 -c jit=off -c join_collapse_limit=4 -c from_collapse_limit=4"
)
# The login counters must outlive a rolled-back request, so the cache has a connection of its own.
DATABASES["cachedb"] = {**DATABASES["default"], "ATOMIC_REQUESTS": False, "TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["cpms.accounts.routers.CacheRouter"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People, passwords, second factor
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cpms.accounts.passwords.ContextWordsValidator"},
    {"NAME": "cpms.accounts.passwords.StaffLengthValidator"},
    {"NAME": "cpms.accounts.passwords.BreachedPasswordValidator"},
]
BREACHED_PASSWORDS = env.str("CPMS_BREACHED_PASSWORDS", default="")
if BREACHED_PASSWORDS and not Path(BREACHED_PASSWORDS).is_file():
    raise ImproperlyConfigured(f"CPMS_BREACHED_PASSWORDS names no file: {BREACHED_PASSWORDS}")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cpms.accounts.login.Adapter"
FORMS = "cpms.accounts.forms"
ACCOUNT_FORMS = {"reset_password": f"{FORMS}.ResetForm", "reset_password_from_key": f"{FORMS}.NewPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGIN_TIMEOUT = 300
ACCOUNT_LOGIN_ON_PASSWORD_RESET = ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "5/5m/key,20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "verify": "10/m/ip",
    "step_up": "10/m/user",
    "code": "5/5m/user",
    "new_address": "5/h/user",
    "new_address_mail": "3/d/key",
    "access_request": "20/h/ip",
    "access_request_mail": "3/d/key",
    "referral": "10/h/ip",
    "referral_mail": "5/d/key",
    "marks": "60/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("CPMS_PROXY_COUNT", default=0)
USERSESSIONS_TRACK_ACTIVITY = GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
OTP_TOTP_ISSUER = "CPMS"

# Sessions: in the database, so they survive Redis and can be ended one by one
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS, SESSION_ABSOLUTE_SECONDS = 30 * 60, 12 * 3600
STAFF_IDLE_SECONDS, STAFF_ABSOLUTE_SECONDS = 15 * 60, 8 * 3600
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "cpms.accounts.views.refusals.csrf_failure"

# Transport and content security
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a case of two thousand lines
FILE_UPLOAD_MAX_MEMORY_SIZE = 53_000_000
# Nothing clinical in temporary files
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# Languages and zones
LANGUAGE_CODE, FORMAT_MODULE_PATH = "en-gb", "cpms.formats"
LANGUAGES = [("en-gb", "English")]
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
TESTING = "pytest" in sys.modules
STATIC_ROOT = None if TESTING else Path(env.str("CPMS_STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# Mail leaves through the outbox only
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 10
DPO_EMAIL = env.str("CPMS_DPO_EMAIL", default="")  # told of each break-glass
HELPDESK_EMAIL = env.str("CPMS_HELPDESK_EMAIL", default="")  # shown to who cannot sign in
DEFAULT_FROM_EMAIL = env.str("CPMS_FROM_EMAIL", default="CPMS <no-reply@cpms.example>")

# Background work: where; how is with the application, in cpms/celery.py
REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "max_retries": 0,  # a request never waits for a dead broker: the row in the table is sent later
}

LOGGING_CONFIG = "cpms.logs.configure"
LOGGING = {"level": env.str("CPMS_LOG_LEVEL", default="INFO")}
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # grants are read by cpms.accounts.access.grants, not by a login backend
    "security.W021",  # a place on the browsers' preload lists is the operator's wish, and hard to undo
]
