"""Certificates: signed score sheets, what people brought to be admitted, what was issued and revoked;
and assessors among the parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kiosk.station.registry.guards import append_only

revision = "0008"
down_revision = "0007"

_ROLE = (
    "role IN ('station', 'opening', 'log', 'author', 'recovery', 'proctor', 'terminal', 'assessor')"
)
_LIVING = "role = 'terminal' AND revoked_at IS NULL"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _parties()
    else:
        op.drop_constraint("ck_parties_role", "parties")
        op.create_check_constraint(op.f("ck_parties_role"), "parties", _ROLE)
    _acts()
    _sheets()
    _evidence()
    _certificates()
    grown = (
        "certificate_acts",
        "score_sheets",
        "part_marks",
        "sheet_withdrawals",
        "evidence",
        "certificates",
        "revocations",
    )
    for guard in append_only(dialect, *grown):
        op.execute(guard)


def _parties() -> None:
    op.execute("CREATE TABLE parties_before AS SELECT * FROM parties")
    op.drop_table("parties")
    op.create_table(
        "parties",
        sa.Column("kid", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_at", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.Integer(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_parties_name")),
        sa.CheckConstraint(_ROLE, name=op.f("ck_parties_role")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_parties")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_parties_terminal_name", "parties", ["name"], unique=True, sqlite_where=sa.text(_LIVING)
    )
    op.execute("INSERT INTO parties SELECT * FROM parties_before")
    op.drop_table("parties_before")


def _of_act(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["act"], ["certificate_acts.id"], name=op.f(f"fk_{table}_act"))


def _of_leaf(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["leaf"], ["leaves.leaf"], name=op.f(f"fk_{table}_leaf"))


def _acts() -> None:
    op.create_table(
        "certificate_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.CheckConstraint("made_by <> '' AND reason <> ''", name=op.f("ck_certificate_acts_said")),
        _of_leaf("certificate_acts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_acts")),
        sqlite_strict=True,
    )


def _sheets() -> None:
    op.create_table(
        "score_sheets",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.Integer(), nullable=False),
        _of_leaf("score_sheets"),
        sa.ForeignKeyConstraint(["signer"], ["parties.kid"], name=op.f("fk_score_sheets_signer")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_score_sheets")),
        sqlite_strict=True,
    )
    op.create_table(
        "part_marks",
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.CheckConstraint("candidate <> ''", name=op.f("ck_part_marks_candidate")),
        sa.ForeignKeyConstraint(
            ["sheet"], ["score_sheets.sha256"], name=op.f("fk_part_marks_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet", "row", name=op.f("pk_part_marks")),
        sqlite_strict=True,
    )
    op.create_index("ix_part_marks_candidate", "part_marks", ["candidate"])
    op.create_table(
        "sheet_withdrawals",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.LargeBinary(), nullable=False),
        _of_act("sheet_withdrawals"),
        sa.ForeignKeyConstraint(
            ["sheet"], ["score_sheets.sha256"], name=op.f("fk_sheet_withdrawals_sheet")
        ),
        sa.PrimaryKeyConstraint("sheet", name=op.f("pk_sheet_withdrawals")),
        sqlite_strict=True,
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('holds', 'apprenticeship', 'work')", name=op.f("ck_evidence_kind")
        ),
        sa.CheckConstraint("(kind = 'holds') = (level <> '')", name=op.f("ck_evidence_level")),
        _of_act("evidence"),
        sa.PrimaryKeyConstraint("act", name=op.f("pk_evidence")),
        sqlite_strict=True,
    )
    op.create_index("ix_evidence_candidate", "evidence", ["candidate"])


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("discipline", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Text(), nullable=False),
        sa.CheckConstraint("serial >= 1", name=op.f("ck_certificates_serial")),
        _of_act("certificates"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
        sqlite_strict=True,
    )
    op.create_index("ix_certificates_serial", "certificates", ["year", "serial"], unique=True)
    op.create_index("ix_certificates_candidate", "certificates", ["candidate"])
    op.create_table(
        "revocations",
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        _of_act("revocations"),
        sa.ForeignKeyConstraint(
            ["number"], ["certificates.number"], name=op.f("fk_revocations_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revocations")),
        sqlite_strict=True,
    )
