"""What the web server runs."""

import gc
import logging
import os
from importlib import import_module
from pathlib import Path
from threading import current_thread, main_thread

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from config.checks import refuse_unsafe_settings
from config.embedded import state

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    # Several web processes, one set of figures; must be known before anything is measured.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(state.VAR / "metrics"))
directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if directory:
    Path(directory).mkdir(parents=True, exist_ok=True)

_WALLETS_TO_MEET = 50_000

application = get_wsgi_application()
refuse_unsafe_settings()

if directory:
    from config.metrics import forget_the_dead

    forget_the_dead(Path(directory))

# Read the addresses now, and not while the first client waits.
import_module(settings.ROOT_URLCONF)

from events.streams import end_when_told_to_stop  # noqa: E402 -- apps must be ready
from wallets.queries import remember_newest_wallets  # noqa: E402

if current_thread() is main_thread():
    end_when_told_to_stop()

# Meet the wallets too: a transfer between two that are known asks the database once less.
try:
    remember_newest_wallets(_WALLETS_TO_MEET)
except DatabaseError:
    # Away, or without its tables yet: they are met one by one then, and readiness tells.
    logging.getLogger(__name__).warning("no wallets were met at the start")
finally:
    connection.close()

# What was loaded stays: the collector need not look at it again with every request's garbage.
gc.collect()
gc.freeze()
# Nor need it look so often: requests leave hardly any circles behind.
gc.set_threshold(50_000, 20, 100)
