#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys

from config.embedded import command
from config.embedded.errors import LauncherRefusal

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        command.run(sys.argv)
    except LauncherRefusal as refusal:
        sys.exit(f"manage.py: {refusal}")
