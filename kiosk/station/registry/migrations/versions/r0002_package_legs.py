"""Terminals that a package's sitting was at before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TRIGGERS = (
    "CREATE TRIGGER package_legs_update BEFORE UPDATE ON package_legs BEGIN SELECT RAISE(ABORT, 'package_legs only ever grows'); END",
    "CREATE TRIGGER package_legs_delete BEFORE DELETE ON package_legs BEGIN SELECT RAISE(ABORT, 'package_legs only ever grows'); END",
)


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
    if op.get_bind().dialect.name == "sqlite":
        for trigger in TRIGGERS:
            op.execute(trigger)
