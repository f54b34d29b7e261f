"""django-allauth, narrowed to signing in and out. Accounts are made by `manage.py create_account`."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address and the password do not belong together. Check both.",
        "too_many_login_attempts": "Too many attempts have failed. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: that one is signed in, or out, shows."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Called as the form is checked, so that the form says what is wrong."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            raise ValidationError("This user was switched off. Ask whoever runs LeadConduit at your company.")
        return user


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's form in our words, and without placeholders: a label is enough."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.help_text = "E-mail", ""
        login.widget.attrs.update(autocomplete="username", autofocus=True)
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
