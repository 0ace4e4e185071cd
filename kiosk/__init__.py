"""An offline exam kiosk: from a sealed bank to a result that anyone can check.

Start reading at `kiosk.assessment` (what an exam is), `kiosk.artefacts` (what
travels between the programs) and `kiosk.cli` (what can be run).
"""

__version__ = "0.1.0.dev0"
