"""What every test may rely on."""

import os

from hypothesis import settings

# A window needs a platform; tests that want a real X server start one and say so.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Tests against data that is kept outside the repository: `.ci/run` names the folder.
collect_ignore = [] if os.environ.get("KIOSK_SHARED_DATA") else ["outside"]

# A deadline would test the machine and what else runs on it.
settings.register_profile("kiosk", deadline=None)
settings.load_profile("kiosk")
