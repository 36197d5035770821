"""How alembic reaches the database: through a connection that `storage.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from storage.tables import metadata
from storage.tables.base import Moment


def render(kind: str, found: Any, _api: Any) -> str | Literal[False]:  # noqa: ANN401 - alembic's
    """Write moments down as what the database knows, so that migrations stand by themselves."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(found, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
