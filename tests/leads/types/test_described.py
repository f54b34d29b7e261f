"""What is said of the field types is what they are."""

import pytest

from destinations.mapping.components import components_of
from leadconduit.leads.types import TYPES
from leadconduit.leads.types.described import COMPONENTS, MASKABLE


@pytest.mark.parametrize("type", TYPES)
def test_the_components_of_a_type_are_those_that_its_values_have(type: str) -> None:
    assert {component.name for component in COMPONENTS[type]} == components_of(type)


def test_every_component_has_a_type_and_a_word_about_it() -> None:
    for components in COMPONENTS.values():
        assert all(component.type in TYPES and component.description for component in components)


def test_what_may_be_masked_is_a_type() -> None:
    assert set(TYPES) >= MASKABLE
