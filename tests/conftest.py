"""What every test may rely on."""

import os

# Tests against data that is kept outside the repository: `.ci/run` names the folder.
collect_ignore = [] if os.environ.get("KIOSK_SHARED_DATA") else ["outside"]
