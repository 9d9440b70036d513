"""What Alembic runs to migrate or compare: on the connection that it was handed, never on a URL of its own."""

from __future__ import annotations

from alembic import context

from migrations.comparing import OPTIONS

connection = context.config.attributes["connection"]
context.configure(connection=connection, **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
