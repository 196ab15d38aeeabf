"""The planned and the contract's hand-over date of a staged house, and of one written over.

Revision: 0011, after 0010
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NAMES = ("handover_planned", "handover_contract")


def upgrade() -> None:
    """Build what this revision adds."""
    for name in _NAMES:
        op.add_column("import_row", sa.Column(name, sa.Text()))
        op.add_column("import_before_house", sa.Column(name, sa.Date()))


def downgrade() -> None:
    """Take it away again."""
    for name in _NAMES:
        op.execute(f"ALTER TABLE import_row DROP COLUMN {name}")
        op.execute(f"ALTER TABLE import_before_house DROP COLUMN {name}")
