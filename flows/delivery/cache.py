import time
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """What was read by id, for rows that never change, or seldom enough to be some `seconds` behind.

    At most `size` values are kept; the oldest go first. For one thread.
    """

    def __init__(self, *, size: int, seconds: float = float("inf")) -> None:
        self._size = size
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Value]] = {}

    def get_all(
        self, ids: Iterable[str], load: Callable[[set[str]], Mapping[str, Value]]
    ) -> dict[str, Value]:
        """The values of these ids; `load` is asked once for all that are not at hand. Unknown ids are left out."""
        oldest = time.monotonic() - self._seconds
        found: dict[str, Value] = {}
        missing: set[str] = set()
        for key in ids:
            kept = self._kept.get(key)
            if kept is None or kept[0] < oldest:
                missing.add(key)
            else:
                found[key] = kept[1]
        if missing:
            loaded = load(missing)
            found.update(loaded)
            self._keep(loaded)
        return found

    def _keep(self, loaded: Mapping[str, Value]) -> None:
        now = time.monotonic()
        for key, value in loaded.items():
            self._kept.pop(key, None)
            self._kept[key] = (now, value)
        for key in list(self._kept)[: max(len(self._kept) - self._size, 0)]:
            del self._kept[key]
