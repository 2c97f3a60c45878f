"""The variables that the settings are made of.

With `DATABASE_URL` set, they are the operator's. Without it this is an embedded
installation, and `config.embedded.state` supplies the ones that nobody set.
"""

import os
from pathlib import Path

import environ

from config.embedded import state

ROOT = Path(__file__).resolve().parents[2]

if "DATABASE_URL" not in os.environ:
    for name, value in state.variables(state.load()).items():
        os.environ.setdefault(name, value)

env = environ.Env()
EMBEDDED = env.bool("PURSER_EMBEDDED", default=False)
