"""`docs/sync-openapi.json`, made from the code: `python -m kiosk.station.web.openapi`."""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import FastAPI

from kiosk import __version__
from kiosk.station.web.sync_api import router

PAGE = Path("docs/sync-openapi.json")


def document() -> str:
    """What machines may ask a station, as OpenAPI 3.1."""
    app = FastAPI(title="Kiosk station: sync", version=__version__)
    app.include_router(router)
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
