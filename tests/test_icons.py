"""A page whose icon does not exist is an error page."""

import re
from pathlib import Path

import lucide
import pytest
from django.conf import settings

NAMED = re.compile(r"""\{% icon "([\w-]+)"|icon_name="([\w-]+)\"""")


def icons() -> set[str]:
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    return {a or b for path in templates for a, b in NAMED.findall(path.read_text())}


@pytest.mark.parametrize("name", sorted(icons()))
def test_an_icon_that_a_template_names_exists(name: str) -> None:
    assert lucide._render_icon(name, size=None)
