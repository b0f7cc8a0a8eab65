"""Django settings. Everything that differs between installations comes from the environment.

========================  ============================================================================
variable                  meaning
========================  ============================================================================
SERANTAU_REGION           folder of the region's facts; default: the region that ships
SERANTAU_DATA             folder for the database, the development secret and drawn charts; ``./data``
SERANTAU_SECRET_KEY       the secret; mandatory unless SERANTAU_DEBUG is on
SERANTAU_LEDGER_KEY       the key that signs the ledger, or the path of its file; mandatory unless SERANTAU_DEBUG is on
SERANTAU_DEBUG            ``1`` on a developer's own machine; default off
SERANTAU_ALLOWED_HOSTS    host names served, separated by commas; default: this machine only
SERANTAU_TRUST_PROXY      ``1`` where a proxy in front sets ``X-Forwarded-Proto`` and ``X-Forwarded-For``
SERANTAU_PROXY_SECRET     what the proxy in front shows, so that the client certificates it tells of are believed
SERANTAU_URL              the site's public address, for links in letters: ``https://plan.example.org``
SERANTAU_OLD_SECRET_KEYS  secrets used before, separated by commas, that still open what they closed
SERANTAU_SESSION_HOURS    how long a sign-in lasts at most; ``12``
SERANTAU_FRESH_MINUTES    how long a proof of the second factor serves for dangerous acts; ``15``
SERANTAU_SIGN_SECONDS     how often the ledger is signed, if there were events; ``300``
SERANTAU_JOBS             ``0`` where the site is not to run jobs itself, because ``serantau jobs work`` does
SERANTAU_SMTP             ``smtp://user:password@host:587`` or ``smtps://...:465``; default: mails go to the log
SERANTAU_AUTHZEN_GRADE    the weakest grade of a fact on which the decision point grants access; ``secondary``
SERANTAU_AUTHZEN_DAYS     for how many days a check of a fact is good enough for that; ``365``
SERANTAU_MAIL_FROM        sender of mails; mandatory with SERANTAU_SMTP
SERANTAU_PRIVATE_HOOKS    members' webhooks that stand in a private network, as ``host:port``, separated by commas
SERANTAU_PRIVATE_FEEDS    servers of feeds that stand in a private network, as ``host:port``, separated by commas
SERANTAU_OIDC_FILE        file of the ministries' identity providers; see docs/guide/operations.md
DATABASE_URL              ``sqlite:///file`` or ``postgresql://...``; default: SQLite in the data folder
========================  ============================================================================

Django's own DEBUG stays off everywhere: a page with a traceback and settings is for nobody, and what developers see
is then what visitors see.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from serantau.bundle import default_region
from serantau.languages import SOURCE, catalogue_paths, compile_catalogues
from serantau.render.fonts import FONTS
from serantau.web.config.mail import mail_server
from serantau.web.config.providers import providers_from
from serantau.web.config.secret import old_secrets, proxy_secret, public_address, secret_key
from serantau.web.config.signing_key import signing_key

TRAINING_MARK = "training"
"""File that marks a data folder as one of `serantau demo`."""
ON = {"1", "true", "yes", "on"}


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ON


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not 0 < int(text) < 1_000_000:
        raise ImproperlyConfigured(f"{name}={text[:40]} is no whole number above 0. Write for example {default}.")
    return int(text)


DEVELOPMENT = _is_on("SERANTAU_DEBUG")
DEBUG = False

SERANTAU_DATA = Path(os.environ.get("SERANTAU_DATA") or "data").resolve()
SERANTAU_UPLOADS = SERANTAU_DATA / "attachments"
"""What people upload; outside everything that is served as a file."""

SERANTAU_TRAINING = (SERANTAU_DATA / TRAINING_MARK).is_file()
"""Whether everything here is invented (see `serantau demo`): every page says so."""
SERANTAU_REGION = os.environ.get("SERANTAU_REGION") or None
SERANTAU_TODAY = None
"""A fixed day, for tests; None asks the calendar."""

SECRET_KEY = secret_key(os.environ.get("SERANTAU_SECRET_KEY", ""), SERANTAU_DATA, development=DEVELOPMENT)
SERANTAU_LEDGER_KEY = signing_key(os.environ.get("SERANTAU_LEDGER_KEY", ""), SERANTAU_DATA, development=DEVELOPMENT)
SECRET_KEY_FALLBACKS = old_secrets(os.environ.get("SERANTAU_OLD_SECRET_KEYS", ""))
SERANTAU_URL = public_address(os.environ.get("SERANTAU_URL", ""))
SERANTAU_TRUST_PROXY = _is_on("SERANTAU_TRUST_PROXY")
SERANTAU_PROXY_SECRET = proxy_secret(os.environ.get("SERANTAU_PROXY_SECRET", ""))

ALLOWED_HOSTS = [host.strip() for host in os.environ.get("SERANTAU_ALLOWED_HOSTS", "").split(",") if host.strip()] or [
    "127.0.0.1",
    "localhost",
    "[::1]",
]

SERANTAU_AUTHZEN_GRADE = os.environ.get("SERANTAU_AUTHZEN_GRADE", "").strip() or "secondary"
if SERANTAU_AUTHZEN_GRADE not in {"primary", "secondary", "weak", "memory"}:
    raise ImproperlyConfigured(f"SERANTAU_AUTHZEN_GRADE={SERANTAU_AUTHZEN_GRADE[:40]} is no grade. Write secondary.")
SERANTAU_AUTHZEN_DAYS = _whole_number("SERANTAU_AUTHZEN_DAYS", 365)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "csp",
    "serantau.web.ledger",
    "serantau.web.jobs",
    # Before allauth, whose pages it writes anew.
    "serantau.web.accounts",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "serantau.web.site",
    "serantau.web.api",
    "serantau.web.measure",
    "serantau.web.plan",
    "serantau.web.spectrum",
    "serantau.web.govern",
    "serantau.web.review",
    "serantau.web.reports",
    "serantau.web.help",
    "serantau.web.forum",
    "serantau.web.alerts",
    "serantau.web.defend",
    "serantau.web.scams",
    "serantau.web.cooperation",
    "serantau.web.registers",
    "serantau.web.feeds",
    "serantau.web.workflows",
]

MIDDLEWARE = [
    "serantau.web.config.repeat.RepeatMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "serantau.web.govern.authzen.DecisionPointMiddleware",
    "serantau.web.defend.door.TaxiiMiddleware",
    "csp.middleware.CSPMiddleware",
    "serantau.web.config.middleware.HeadersMiddleware",
    "serantau.web.config.middleware.SizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "serantau.web.config.language.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "serantau.web.config.middleware.ProblemMiddleware",
    "serantau.web.config.access.AccessMiddleware",
]

ROOT_URLCONF = "serantau.web.config.urls"
WSGI_APPLICATION = "serantau.web.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "serantau.web.config.language.spoken",
                "django.contrib.messages.context_processors.messages",
                "serantau.web.accounts.context.account",
            ]
        },
    }
]

# --- people ------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "serantau_accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # Length is what makes a password hard to guess (NIST SP 800-63B, 5.1.1.2); no rules about kinds of letters.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SERANTAU_FRESH_MINUTES = _whole_number("SERANTAU_FRESH_MINUTES", 15)

ACCOUNT_ADAPTER = "serantau.web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "serantau.web.accounts.forms.LoginForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
# Ours count in the database, for all server processes together (serantau.web.accounts.services.limits).
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False

MFA_ADAPTER = "serantau.web.accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "serantau.web.accounts.forms.AuthenticateForm",
    "reauthenticate": "serantau.web.accounts.forms.ReauthenticateForm",
    "add_webauthn": "serantau.web.accounts.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey alone opens a session, so it must be two factors in itself: the device, and whoever unlocks it.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
MFA_TOTP_ISSUER = "Serantau"
MFA_RECOVERY_CODES_SHOW_ONCE = True

SOCIALACCOUNT_ADAPTER = "serantau.web.accounts.social.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers_from(os.environ.get("SERANTAU_OIDC_FILE", ""))}}
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- database ----------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{SERANTAU_DATA / 'serantau.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits for its turn at the beginning of its transaction, not in the middle of it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
    }

# --- jobs and mail -----------------------------------------------------------------------------------------------------

SERANTAU_QUEUE = "inside"
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Its migrations know PostgreSQL only, so the application is there where PostgreSQL is.
    SERANTAU_QUEUE = "procrastinate"
    INSTALLED_APPS.insert(INSTALLED_APPS.index("serantau.web.jobs"), "procrastinate.contrib.django")
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None

SERANTAU_JOBS = os.environ.get("SERANTAU_JOBS", "").strip() != "0"
SERANTAU_SIGN_SECONDS = _whole_number("SERANTAU_SIGN_SECONDS", 300)

# Whatever is sent, by us or by an application, goes through the outbox, so that it commits with the data it belongs to.
EMAIL_BACKEND = "serantau.web.jobs.mail.Outbox"
SERANTAU_MAIL = mail_server(os.environ.get("SERANTAU_SMTP", ""), os.environ.get("SERANTAU_MAIL_FROM", ""))
DEFAULT_FROM_EMAIL = SERANTAU_MAIL.sender
SERANTAU_PRIVATE_FEEDS = [one.strip() for one in os.environ.get("SERANTAU_PRIVATE_FEEDS", "").split(",") if one.strip()]
SERANTAU_PRIVATE_HOOKS = [one.strip() for one in os.environ.get("SERANTAU_PRIVATE_HOOKS", "").split(",") if one.strip()]

# --- language and time -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = SOURCE
USE_I18N = True
# Which of these a region's site offers, and what they are called, stands in the region's facts.
_CATALOGUES = catalogue_paths(Path(SERANTAU_REGION) if SERANTAU_REGION else default_region())
LANGUAGES = [(tag, tag) for tag in (SOURCE, *_CATALOGUES)]
LOCALE_PATHS = [compile_catalogues(_CATALOGUES, SERANTAU_DATA / "catalogues")]
LANGUAGE_COOKIE_NAME = "serantau_language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not DEVELOPMENT
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# The fonts of the reports, for readers whose machine has none for their script.
STATICFILES_DIRS = [("fonts", FONTS)]
# Served from the package itself: nothing to collect, no second server. Addresses carry the file's digest.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 86_400

# --- security ----------------------------------------------------------------------------------------------------------

# One place for the policy: Django 6 brings its own middleware, which will read the same words.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 31_536_000
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SERANTAU_TRUST_PROXY else None
X_FRAME_OPTIONS = "DENY"
# The prefix lets a browser keep such a cookie from this host alone, over https, for the whole site (RFC 6265bis, 4.1.3).
SESSION_COOKIE_NAME = "session" if DEVELOPMENT else "__Host-session"
SESSION_COOKIE_AGE = 3600 * _whole_number("SERANTAU_SESSION_HOURS", 12)
SESSION_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf" if DEVELOPMENT else "__Host-csrf"
CSRF_COOKIE_SECURE = not DEVELOPMENT
CSRF_FAILURE_VIEW = "serantau.web.site.problems.forged"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "serantau": {"level": "INFO"},
        # Refused requests are answers, not incidents.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
