import sys

from offline.device.cli import main

sys.exit(main())
