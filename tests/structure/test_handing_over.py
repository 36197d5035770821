"""Nothing of a person is forgotten when they turn out to be another one."""

import sqlalchemy as sa

from storage.repositories.handing_over import WAYS
from storage.tables import metadata
from storage.tables.people import residents


def _names_a_resident(column: sa.Column[object]) -> bool:
    points = any(key.column is residents.c.id for key in column.foreign_keys)
    return points or "resident's id" in (column.comment or "")


def test_every_column_that_names_a_resident_is_handed_over() -> None:
    naming = {
        str(column)
        for table in metadata.sorted_tables
        for column in table.columns
        if _names_a_resident(column)
    }

    assert {str(column) for column in WAYS} == naming


def test_copies_of_news_are_taken_before_addresses_as_senders_take_them() -> None:
    order = [str(column) for column in WAYS]

    assert order.index("deliveries.resident_id") < order.index("contacts.resident_id")
