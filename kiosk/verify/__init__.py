"""Checks any artefact with the public root alone: no station, no database, no Qt.

`verify_file` says what a file is, who signed it, and whether it holds. `anchors` finds the root and
reads who may sign; `artefacts_seen` knows each kind; `repository_files` the trust repository's own.
"""

from kiosk.verify.verdict import Verdict
from kiosk.verify.verifier import verify_file

__all__ = ["Verdict", "verify_file"]
