"""What every test may rely on."""

import os

# A window needs a platform; tests that want a real X server start one and say so.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Tests against data that is kept outside the repository: `.ci/run` names the folder.
collect_ignore = [] if os.environ.get("KIOSK_SHARED_DATA") else ["outside"]
