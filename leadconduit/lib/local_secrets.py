"""The secrets of an installation that was given none: made once and kept under VAR_DIR, for its owner's eyes only."""

import base64
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import TypedDict


class LocalSecrets(TypedDict):
    """`SECRET_KEY` is text for Django; `ENCRYPTION_KEY` is 32 random bytes in base64."""

    SECRET_KEY: str
    ENCRYPTION_KEY: str


def ensure(var_dir: Path) -> LocalSecrets:
    """Read VAR_DIR/secrets.json, making it first where it is missing.

    Of several processes that start together, all get what the quickest wrote.
    """
    file = var_dir / "secrets.json"
    if not file.exists():
        _make(file)
    kept: LocalSecrets = json.loads(file.read_text())
    return kept


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    made: LocalSecrets = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    # Written apart (mkstemp gives 0600), then linked: a file of this name is complete, and is never replaced.
    descriptor, draft = tempfile.mkstemp(prefix="secrets-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "w") as stream:
            json.dump(made, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was quicker
    finally:
        Path(draft).unlink()
