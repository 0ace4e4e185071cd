"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import guards

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoints")),
        sqlite_strict=True,
    )
    op.create_table(
        "parties",
        sa.Column("kid", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_parties_name")),
        sa.CheckConstraint(
            "role IN ('station', 'opening', 'log', 'author', 'recovery', 'proctor', 'terminal')",
            name=op.f("ck_parties_role"),
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_parties")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_parties_terminal_name",
        "parties",
        ["name"],
        unique=True,
        sqlite_where=sa.text("role = 'terminal' AND revoked_at IS NULL"),
        postgresql_where=sa.text("role = 'terminal' AND revoked_at IS NULL"),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sqlite_strict=True,
    )
    op.create_table(
        "seen_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('imported', 'duplicate', 'conflict', 'refused')",
            name=op.f("ck_seen_files_verdict"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_files")),
        sqlite_strict=True,
    )
    op.create_index("ix_seen_files_sha256", "seen_files", ["sha256"], unique=False)
    op.create_table(
        "banks",
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.Column("author", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.Integer(), nullable=False),
        sa.Column("image_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("admitted_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["parties.kid"], name=op.f("fk_banks_author")),
        sa.PrimaryKeyConstraint("bank", "version", name=op.f("pk_banks")),
        sa.UniqueConstraint("file", name=op.f("uq_banks_file")),
        sa.UniqueConstraint("image_sha256", name=op.f("uq_banks_image_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "package_numbers",
        sa.Column("terminal", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal"], ["parties.kid"], name=op.f("fk_package_numbers_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal", "number", "sha256", name=op.f("pk_package_numbers")),
        sqlite_strict=True,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("release_file", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.Integer(), nullable=True),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_sessions_window")),
        sa.ForeignKeyConstraint(["round"], ["rounds.id"], name=op.f("fk_sessions_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("file", name=op.f("uq_sessions_file")),
        sa.UniqueConstraint("release_file", name=op.f("uq_sessions_release_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_sessions_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "proctor_logs",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("proctor", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["proctor"], ["parties.kid"], name=op.f("fk_proctor_logs_proctor")),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_proctor_logs_session")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_proctor_logs")),
        sqlite_strict=True,
    )
    op.create_table(
        "scorings",
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("admitted_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("scoring_version >= 1", name=op.f("ck_scorings_scoring_version")),
        sa.ForeignKeyConstraint(
            ["bank", "version"], ["banks.bank", "banks.version"], name=op.f("fk_scorings_bank")
        ),
        sa.PrimaryKeyConstraint("bank", "version", "scoring_version", name=op.f("pk_scorings")),
        sa.UniqueConstraint("file", name=op.f("uq_scorings_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_scorings_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "session_terminals",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("terminal", sa.LargeBinary(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.id"], name=op.f("fk_session_terminals_session")
        ),
        sa.ForeignKeyConstraint(
            ["terminal"], ["parties.kid"], name=op.f("fk_session_terminals_terminal")
        ),
        sa.PrimaryKeyConstraint("session", "terminal", name=op.f("pk_session_terminals")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_session_terminals_seat", "session_terminals", ["session", "seat"], unique=True
    )
    op.create_table(
        "exams",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
        sa.Column("blueprint", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank", "version", "scoring_version"],
            ["scorings.bank", "scorings.version", "scorings.scoring_version"],
            name=op.f("fk_exams_bank"),
        ),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_exams_session")),
        sa.PrimaryKeyConstraint("session", "exam", name=op.f("pk_exams")),
        sqlite_strict=True,
    )
    op.create_table(
        "roster",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=True),
        sa.CheckConstraint("candidate <> '' AND name <> ''", name=op.f("ck_roster_named")),
        sa.ForeignKeyConstraint(
            ["session", "exam"], ["exams.session", "exams.exam"], name=op.f("fk_roster_session")
        ),
        sa.PrimaryKeyConstraint("session", "candidate", name=op.f("pk_roster")),
        sqlite_strict=True,
    )
    op.create_index("ix_roster_seat", "roster", ["session", "seat"], unique=True)
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
            "(state = 'quarantined') = (answers_sha256 IS NULL) AND (candidate IS NULL) = (answers_sha256 IS NULL) AND (attempt IS NULL) = (answers_sha256 IS NULL)",
            name=op.f("ck_packages_opened"),
        ),
        sa.CheckConstraint(
            "state IN ('recorded', 'conflict', 'quarantined')", name=op.f("ck_packages_state")
        ),
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
    op.create_index("ix_packages_number", "packages", ["terminal", "number"], unique=False)
    op.create_index(
        "ix_packages_sitting", "packages", ["session", "candidate", "attempt"], unique=False
    )
    op.create_table(
        "leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("logged_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_leaves_package")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_leaves")),
        sa.UniqueConstraint("leaf", name=op.f("uq_leaves_leaf")),
        sa.UniqueConstraint("package", name=op.f("uq_leaves_package")),
        sqlite_strict=True,
    )
    op.create_table(
        "package_files",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["packages.sha256"], name=op.f("fk_package_files_sha256")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_package_files")),
        sqlite_strict=True,
    )
    op.create_table(
        "results",
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("scoring_version", sa.Integer(), nullable=False),
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
        sa.PrimaryKeyConstraint("package", "scoring_version", name=op.f("pk_results")),
        sqlite_strict=True,
    )
    op.create_table(
        "receipts",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"], ["leaves.position"], name=op.f("fk_receipts_position")
        ),
        sa.ForeignKeyConstraint(["size"], ["checkpoints.size"], name=op.f("fk_receipts_size")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_receipts")),
        sqlite_strict=True,
    )
    grows = ("leaves", "checkpoints", "results", "package_files")
    for guard in guards(op.get_bind().dialect.name, grows):
        op.execute(guard)
