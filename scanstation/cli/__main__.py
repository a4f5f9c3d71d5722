"""`python -m scanstation.cli` is `scanstation`."""

import sys

from scanstation.cli import main

sys.exit(main())
