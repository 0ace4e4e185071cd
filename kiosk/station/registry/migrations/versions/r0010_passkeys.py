"""Passkeys: what people sign in with beside a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Integer()),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_passkeys_user")),
        sa.PrimaryKeyConstraint("credential", name=op.f("pk_passkeys")),
        sqlite_strict=True,
    )
    op.create_index("ix_passkeys_user", "passkeys", ["user"])
