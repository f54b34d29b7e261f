"""A worker's own connection to PostgreSQL: raw async psycopg, from Django's settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.db import connections

Cursor = psycopg.AsyncCursor[tuple[Any, ...]]

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What psycopg raises when the server went away, restarts, or is not to be had: worth trying again."""

# Seconds, and milliseconds: a server that is cut off without a word is noticed.
DEFAULTS = {"connect_timeout": 5, "tcp_user_timeout": 30_000}


class Database:
    """One connection, made when it is needed and made anew after it broke. One transaction at a time."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Cursor]:
        """Raises what is in LOST when the server is gone; then the next transaction connects again."""
        async with self._turn:
            try:
                connection = await self._open()
                async with connection.transaction(), connection.cursor() as cursor:
                    yield cursor
            except LOST:
                await self.close()
                raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _open(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            # Nothing is prepared: through a pooler, the next transaction may find itself with another server process.
            self._connection = await psycopg.AsyncConnection.connect(
                **connection_parameters(), autocommit=True, prepare_threshold=None
            )
        return self._connection


def connection_parameters() -> dict[str, Any]:
    """Django's settings of the default database, in psycopg's words; what only Django's pool reads is left out."""
    given = connections["default"].settings_dict
    named = {
        "dbname": given["NAME"],
        "user": given["USER"],
        "password": given["PASSWORD"],
        "host": given["HOST"],
        "port": given["PORT"],
    }
    options = {name: value for name, value in given["OPTIONS"].items() if name != "pool"}
    return DEFAULTS | options | {name: value for name, value in named.items() if value}
