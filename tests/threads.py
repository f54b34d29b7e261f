"""Doing something beside the test, on a connection of its own, to see what happens when two come at once."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


class InThread(threading.Thread):
    """Something that is done beside the test, on a connection of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self._act = act
        self.raised: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.raised = error
        finally:
            connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        row = cursor.fetchone()
    return bool(row and row[0])
