"""The same two pages in Django, to compare with: a start page, and a question whose draft is in the session.

    pip install django gunicorn
    cd benches/peer && gunicorn --preload --workers 2 --threads 16 --worker-class gthread --bind 127.0.0.1:8001 app:application

Then `cargo xtask bench --peer http://127.0.0.1:8001 pages`. Two workers are for two processors. Django's usual middleware for
sessions, forged requests, headers and compression is on; the sessions are in a SQLite database in WAL mode in the temporary folder.
"""

import os
import tempfile

import django
from django import forms
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.http import HttpResponse
from django.template import engines
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(tempfile.gettempdir(), "onrecord-peer.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"},
        }
    },
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for measurements",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_TZ=True,
)
django.setup()
call_command("migrate", verbosity=0)
# The workers are forks of this process; each opens its own.
connections.close_all()

LAYOUT = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/site.css"></head>
<body class="govuk-template__body"><a href="#main-content" class="govuk-skip-link">Skip to main content</a>
<header class="govuk-header"><div class="govuk-width-container"><a href="/">Housing complaints</a></div></header>
<div class="govuk-width-container"><main class="govuk-main-wrapper" id="main-content">{{ content }}</main></div>
<footer class="govuk-footer"><div class="govuk-width-container">{% for name in links %}
<a class="govuk-footer__link" href="/{{ name|lower }}">{{ name }}</a>{% endfor %}</div></footer></body></html>"""

START = """<h1 class="govuk-heading-xl">Complain about your landlord</h1>
{% for line in lines %}<p class="govuk-body">{{ line }}</p>{% endfor %}
<a href="/complaint/put-right" role="button" class="govuk-button">Start now</a>"""

QUESTION = """<form method="post" novalidate>{% csrf_token %}<h1 class="govuk-heading-l">{{ title }}</h1>
{% for field in form %}<div class="govuk-form-group"><label class="govuk-label" for="{{ field.id_for_label }}">{{ field.label }}</label>
<div class="govuk-hint">{{ field.help_text }}</div>{{ field }}</div>{% endfor %}
<button class="govuk-button">Continue</button></form>"""

layout, start_page, question_page = (engines["django"].from_string(source) for source in (LAYOUT, START, QUESTION))
LINES = [
    "You can complain about repairs, charges, noise, how you were treated, or how your landlord dealt with a complaint.",
    "Tell your landlord first. They have to answer you in writing.",
    "It takes about 20 minutes. You can stop and come back.",
    "A person you trust can do it for you.",
]


class PutRight(forms.Form):
    put_right = forms.CharField(
        label="What should your landlord do?", help_text="For example: repair it, say sorry, pay money back.", widget=forms.Textarea
    )
    by_when = forms.CharField(label="By when?", help_text="Leave it empty if you do not mind.", required=False)


def page(request, title, content):
    filled = layout.render({"title": title, "content": content, "links": ["Privacy", "Accessibility", "Cookies", "Contact"]}, request)
    return HttpResponse(filled)


def start(request):
    return page(request, "Complain about your landlord", start_page.render({"lines": LINES}, request))


def put_right(request):
    answers = request.session.get("answers")
    if answers is None:
        answers = {f"answer_{n}": "The damp is in the bedroom." for n in range(8)} | {"put_right": "Find the leak and repair it."}
        request.session["answers"] = answers
    title = "What would put it right?"
    content = question_page.render({"title": title, "form": PutRight(initial=answers)}, request)
    return page(request, title, content)


urlpatterns = [path("", start), path("complaint/put-right", put_right)]

from django.core.wsgi import get_wsgi_application  # noqa: E402 (needs the settings above)

application = get_wsgi_application()
