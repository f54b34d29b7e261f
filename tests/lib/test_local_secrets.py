import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from leadconduit.lib import local_secrets


def test_secrets_are_made_once(tmp_path: Path) -> None:
    made = local_secrets.ensure(tmp_path / "var")

    assert local_secrets.ensure(tmp_path / "var") == made


def test_the_encryption_key_is_32_bytes(tmp_path: Path) -> None:
    assert len(base64.b64decode(local_secrets.ensure(tmp_path)["ENCRYPTION_KEY"])) == 32


def test_only_their_owner_can_read_them(tmp_path: Path) -> None:
    local_secrets.ensure(tmp_path)

    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_all_who_start_together_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(local_secrets.ensure, [tmp_path] * 8))

    assert all(one == made[0] for one in made)
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]
