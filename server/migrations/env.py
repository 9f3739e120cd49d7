"""Alembic's entry: it runs in the transaction that :mod:`server.adapters.migrate` hands over."""

from alembic import context

from server.adapters import card_tables, keeping_tables, record_tables, tables  # noqa: F401  (each lays its tables in METADATA)
from server.adapters.columns import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=False
)
context.run_migrations()
