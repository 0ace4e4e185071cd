"""Terminals that a package's sitting was at before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "package_legs",
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("terminal", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.CheckConstraint("how IN ('transfer', 'mirror')", name=op.f("ck_package_legs_how")),
        sa.ForeignKeyConstraint(
            ["package"], ["packages.sha256"], name=op.f("fk_package_legs_package")
        ),
        sa.ForeignKeyConstraint(
            ["terminal"], ["parties.kid"], name=op.f("fk_package_legs_terminal")
        ),
        sa.PrimaryKeyConstraint("package", "position", name=op.f("pk_package_legs")),
        sqlite_strict=True,
    )
    for guard in append_only(op.get_bind().dialect.name, "package_legs"):
        op.execute(guard)
