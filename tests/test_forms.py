from django import forms

from leadconduit.forms import ChoiceCards, SecretInput


class Example(forms.Form):
    name = forms.CharField(help_text="Only your team sees this.")
    auth = forms.ChoiceField(
        choices=[("none", "None"), ("key", "API key")],
        widget=ChoiceCards(descriptions={"key": "A header."}),
    )
    secret = forms.CharField(required=False, widget=SecretInput(stored=True))
    note = forms.CharField(required=False)


def test_an_input_names_its_hint_and_its_errors() -> None:
    html = Example({"auth": "key"}).as_div()

    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_the_summary_links_every_error_to_its_field() -> None:
    html = str(Example({}))

    assert "2 things to put right" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html


def test_the_summary_links_a_group_of_choices_to_the_first_choice() -> None:
    html = str(Example({"name": "x"}))

    assert '<a href="#id_auth_0">' in html
    assert 'id="id_auth_0"' in html


def test_a_choice_says_what_choosing_it_means() -> None:
    assert "<small>A header.</small>" in str(Example())


def test_a_stored_secret_is_never_shown() -> None:
    html = str(Example({"name": "x", "auth": "key", "secret": "hunter2"}))

    assert "hunter2" not in html
    assert "Stored" in html


def test_only_what_may_be_left_out_is_marked_optional() -> None:
    html = str(Example())

    assert html.count('class="optional"') == 1
    assert 'Note <span class="optional">optional</span>' in html
