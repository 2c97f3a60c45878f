"""Django settings, one file per subject; every value comes from `environment`."""

from config.settings.api import *  # noqa: F403 -- Django reads settings as names of one module
from config.settings.core import *  # noqa: F403
from config.settings.data import *  # noqa: F403
from config.settings.identity import *  # noqa: F403
from config.settings.keys import *  # noqa: F403
from config.settings.logging import *  # noqa: F403
from config.settings.money import *  # noqa: F403
from config.settings.offline import *  # noqa: F403
from config.settings.privacy import *  # noqa: F403
from config.settings.security import *  # noqa: F403
from config.settings.telling import *  # noqa: F403
from config.settings.work import *  # noqa: F403
