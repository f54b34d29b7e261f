"""The product's settings, told to use a database and a VAR_DIR of the tests' own.

Python is told through the environment, before the settings read it, so that processes which a test starts are told
the same. No running product's VAR_DIR or database is touched.
"""

import os
from pathlib import Path

from leadconduit.lib import embedded_database

VAR_DIR = Path(__file__).resolve().parent.parent / "var" / "test"
OWN_DATABASE = embedded_database.url(VAR_DIR)

os.environ["VAR_DIR"] = str(VAR_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "leadconduit.settings"
os.environ["SANDBOX"] = "1"
# On a given server the tests make a database of their own; else conftest starts our own server.
os.environ.setdefault("DATABASE_URL", OWN_DATABASE)
# Two runs at the same time have each their databases; the processes of one run know it by this.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))

from leadconduit.settings import *  # noqa: E402, F403
from leadconduit.settings import DATABASES, STORAGES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_leadconduit_{RUN}"}

# Pages of these tests name static files and read none: nothing has to be collected, and no client that a test makes
# begins with looking through all of them. A browser's tests start a server of their own, which serves them.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
