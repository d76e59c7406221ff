"""What every table shares."""

import peewee

from webapp.db import database


class Table(peewee.Model):
    """A table of the one database; names and columns are the migrations' business."""

    class Meta:
        database = database
        legacy_table_names = False


class Instant(peewee.DateTimeField):
    """A `timestamptz`: aware on the way in and on the way out."""

    field_type = "TIMESTAMPTZ"

    def adapt(self, value: object) -> object:
        """Leave aware datetimes as psycopg2 made them."""
        return value
