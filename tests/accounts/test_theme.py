import pytest

from leadconduit.accounts.models import User
from tests.accounts.conftest import SignIn


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_a_theme_is_kept_with_the_person(vera: User, theme: str, as_user: SignIn) -> None:
    as_user(vera).post("/app/theme/", {"theme": theme})

    vera.refresh_from_db()
    assert vera.theme == theme


def test_a_theme_shows_on_the_next_page(vera: User, as_user: SignIn) -> None:
    client = as_user(vera)
    client.post("/app/theme/", {"theme": "dark"})

    assert '<html lang="en" data-theme="dark">' in client.get("/app/api-keys/").content.decode()


def test_choosing_a_theme_leads_back_to_the_page(vera: User, as_user: SignIn) -> None:
    answer = as_user(vera).post("/app/theme/", {"theme": "dark", "next": "/app/api-keys/?page=2"})

    assert answer.headers["Location"] == "/app/api-keys/?page=2"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", ""])
def test_choosing_a_theme_never_leads_away(vera: User, elsewhere: str, as_user: SignIn) -> None:
    answer = as_user(vera).post("/app/theme/", {"theme": "dark", "next": elsewhere})

    assert answer.headers["Location"] == "/app/"


def test_an_unknown_theme_is_refused(vera: User, as_user: SignIn) -> None:
    assert as_user(vera).post("/app/theme/", {"theme": "neon"}).status_code == 400
