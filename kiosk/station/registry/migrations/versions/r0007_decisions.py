"""Decisions of conflicts: which package of a sitting counts, and those that a person overruled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only

revision = "0007"
down_revision = "0006"

_STATES = "state IN ('recorded', 'conflict', 'overruled', 'quarantined')"
_STATE = "ck_packages_state"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _packages()
    else:
        op.drop_constraint(op.f(_STATE), "packages", type_="check")
        op.create_check_constraint(op.f(_STATE), "packages", _STATES)
    op.create_table(
        "decisions",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f("fk_decisions_act")),
        sa.ForeignKeyConstraint(
            ["package"], ["packages.sha256"], name=op.f("fk_decisions_package")
        ),
        sa.ForeignKeyConstraint(
            ["session", "candidate"],
            ["roster.session", "roster.candidate"],
            name=op.f("fk_decisions_session"),
        ),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_decisions")),
        sqlite_strict=True,
    )
    op.create_index("ix_decisions_sitting", "decisions", ["session", "candidate"])
    for guard in append_only(dialect, "decisions"):
        op.execute(guard)


def _packages() -> None:
    """The table again, as SQLite cannot change a constraint."""
    op.execute("CREATE TABLE packages_before AS SELECT * FROM packages")
    op.drop_table("packages")
    op.create_table(
        "packages",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("terminal", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("answers_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'quarantined') = (answers_sha256 IS NULL) "
            "AND (candidate IS NULL) = (answers_sha256 IS NULL) "
            "AND (attempt IS NULL) = (answers_sha256 IS NULL)",
            name=op.f("ck_packages_opened"),
        ),
        sa.CheckConstraint(_STATES, name=op.f(_STATE)),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_packages_sha256")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_packages_number")),
        sa.ForeignKeyConstraint(
            ["session", "candidate"],
            ["roster.session", "roster.candidate"],
            name=op.f("fk_packages_session"),
        ),
        sa.ForeignKeyConstraint(["terminal"], ["parties.kid"], name=op.f("fk_packages_terminal")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_packages")),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO packages SELECT * FROM packages_before")
    op.drop_table("packages_before")
    op.create_index("ix_packages_number", "packages", ["terminal", "number"])
    op.create_index("ix_packages_sitting", "packages", ["session", "candidate", "attempt"])
