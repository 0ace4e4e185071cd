"""Which unit (subsidiary) sent a candidate, as the roster says it; nobody's was asked before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("roster", sa.Column("unit", sa.Text(), nullable=False, server_default=""))
