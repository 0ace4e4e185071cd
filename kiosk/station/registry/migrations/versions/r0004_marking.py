"""Marking by people: scripts, marks, results that are made of them, and their leaves in the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only, dense_leaves

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    grown = ["results", "scripts", "marks", "settlements"]
    _results()
    if dialect == "sqlite":
        _leaves()
        grown.append("leaves")
    else:
        op.alter_column("leaves", "package", nullable=True)
    _markings()
    _scripts()
    _settlements()
    for guard in append_only(dialect, *grown):
        op.execute(guard)
    if dialect == "sqlite":
        for guard in dense_leaves(dialect):
            op.execute(guard)


def _results() -> None:
    op.execute("CREATE TABLE results_before AS SELECT * FROM results")
    op.drop_table("results")
    op.create_table(
        "results",
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("marking", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("max_score", sa.Text(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("scored_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("passed IN (0, 1)", name=op.f("ck_results_passed")),
        sa.ForeignKeyConstraint(
            ["bank", "version", "scoring_version"],
            ["scorings.bank", "scorings.version", "scorings.scoring_version"],
            name=op.f("fk_results_bank"),
        ),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_results_package")),
        sa.PrimaryKeyConstraint("package", "scoring_version", "marking", name=op.f("pk_results")),
        sqlite_strict=True,
    )
    op.execute(
        "INSERT INTO results SELECT package, bank, version, scoring_version, 0, 0, score, max_score, "
        "passed, detail, scored_at FROM results_before"
    )
    op.drop_table("results_before")


def _leaves() -> None:
    op.execute("CREATE TABLE leaves_before AS SELECT * FROM leaves")
    op.drop_table("leaves")
    op.create_table(
        "leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=True),
        sa.Column("logged_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_leaves_package")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_leaves")),
        sa.UniqueConstraint("leaf", name=op.f("uq_leaves_leaf")),
        sa.UniqueConstraint("package", name=op.f("uq_leaves_package")),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO leaves SELECT * FROM leaves_before ORDER BY position")
    op.drop_table("leaves_before")


def _markings() -> None:
    op.create_table(
        "markings",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("share", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_markings_session")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_markings")),
        sqlite_strict=True,
    )
    op.create_table(
        "marking_people",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_marking_people_name")),
        sa.CheckConstraint(
            "role IN ('marker', 'adjudicator')", name=op.f("ck_marking_people_role")
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["markings.session"], name=op.f("fk_marking_people_session")
        ),
        sa.PrimaryKeyConstraint("session", "role", "name", name=op.f("pk_marking_people")),
        sqlite_strict=True,
    )
    op.create_table(
        "marking_items",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session", "exam"],
            ["exams.session", "exams.exam"],
            name=op.f("fk_marking_items_session"),
        ),
        sa.PrimaryKeyConstraint("session", "exam", "item", name=op.f("pk_marking_items")),
        sqlite_strict=True,
    )


def _scripts() -> None:
    op.create_table(
        "scripts",
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("doubled", sa.Integer(), nullable=False),
        sa.CheckConstraint("doubled IN (0, 1)", name=op.f("ck_scripts_doubled")),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_scripts_package")),
        sa.ForeignKeyConstraint(
            ["session", "exam", "item"],
            ["marking_items.session", "marking_items.exam", "marking_items.item"],
            name=op.f("fk_scripts_session"),
        ),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_scripts")),
        sqlite_strict=True,
    )
    op.create_index("ix_scripts_answer", "scripts", ["package", "item"], unique=True)
    op.create_index("ix_scripts_item", "scripts", ["session", "exam", "item"])
    op.create_table(
        "turns",
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "turn IN ('first', 'second', 'third', 'review')", name=op.f("ck_turns_turn")
        ),
        sa.ForeignKeyConstraint(["handle"], ["scripts.handle"], name=op.f("fk_turns_handle")),
        sa.PrimaryKeyConstraint("handle", "turn", name=op.f("pk_turns")),
        sqlite_strict=True,
    )
    op.create_index("ix_turns_marker", "turns", ["marker"])
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=True),
        sa.Column("most", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_marks_revision")),
        sa.ForeignKeyConstraint(
            ["handle", "turn"], ["turns.handle", "turns.turn"], name=op.f("fk_marks_handle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sqlite_strict=True,
    )
    op.create_index("ix_marks_revision", "marks", ["handle", "turn", "revision"], unique=True)


def _settlements() -> None:
    op.create_table(
        "settlements",
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("marking", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["leaf"], ["leaves.leaf"], name=op.f("fk_settlements_leaf")),
        sa.ForeignKeyConstraint(
            ["package", "scoring_version", "marking"],
            ["results.package", "results.scoring_version", "results.marking"],
            name=op.f("fk_settlements_package"),
        ),
        sa.PrimaryKeyConstraint(
            "package", "scoring_version", "marking", name=op.f("pk_settlements")
        ),
        sqlite_strict=True,
    )
