"""Reserve numbers, admissions on proctors' word, and what the station found out about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only

revision = "0003"
down_revision = "0002"


def _of_roster(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session", "candidate"],
        ["roster.session", "roster.candidate"],
        name=op.f(f"fk_{table}_session"),
    )


def upgrade() -> None:
    op.create_table(
        "reserves",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        _of_roster("reserves"),
        sa.PrimaryKeyConstraint("session", "candidate", name=op.f("pk_reserves")),
        sqlite_strict=True,
    )
    op.create_table(
        "warrants",
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('no_id', 'reserve')", name=op.f("ck_warrants_kind")),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_warrants_package")),
        sa.PrimaryKeyConstraint("package", name=op.f("pk_warrants")),
        sqlite_strict=True,
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("belongs_to", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.Integer(), nullable=False),
        _of_roster("confirmations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sqlite_strict=True,
    )
    op.create_index("ix_confirmations_sitting", "confirmations", ["session", "candidate"])
    for guard in append_only(op.get_bind().dialect.name, "warrants", "confirmations"):
        op.execute(guard)
