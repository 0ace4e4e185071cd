"""What people at the station do to results: rescorings, states, corrections, each with its leaf."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only

revision = "0005"
down_revision = "0004"

_STATES = (
    "state IN ('provisional', 'withheld', 'published', 'under_review', 'final', 'void', "
    "'absent', 'deferred')"
)


def _of_act(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["act"], ["acts.id"], name=op.f(f"fk_{table}_act"))


def _of_roster(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session", "candidate"],
        ["roster.session", "roster.candidate"],
        name=op.f(f"fk_{table}_session"),
    )


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("made_by <> '' AND reason <> ''", name=op.f("ck_acts_said")),
        sa.ForeignKeyConstraint(["leaf"], ["leaves.leaf"], name=op.f("fk_acts_leaf")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_acts_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sqlite_strict=True,
    )
    op.create_table(
        "rescorings",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        _of_act("rescorings"),
        sa.ForeignKeyConstraint(
            ["session", "exam"], ["exams.session", "exams.exam"], name=op.f("fk_rescorings_session")
        ),
        sa.PrimaryKeyConstraint("act", "session", "exam", name=op.f("pk_rescorings")),
        sqlite_strict=True,
    )
    op.create_table(
        "result_states",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_result_states_state")),
        _of_act("result_states"),
        _of_roster("result_states"),
        sa.PrimaryKeyConstraint("act", "session", "candidate", name=op.f("pk_result_states")),
        sqlite_strict=True,
    )
    op.create_index("ix_result_states_sitting", "result_states", ["session", "candidate"])
    op.create_table(
        "corrections",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_corrections_name")),
        _of_act("corrections"),
        _of_roster("corrections"),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_corrections")),
        sqlite_strict=True,
    )
    grows = ("acts", "rescorings", "result_states", "corrections")
    for guard in append_only(op.get_bind().dialect.name, *grows):
        op.execute(guard)
