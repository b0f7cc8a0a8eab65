"""Forms of accounts: ours, and those of allauth that count wrong codes our way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from serantau.web.accounts.errors import TooManyError
from serantau.web.accounts.models import Person
from serantau.web.accounts.services import limits
from serantau.web.accounts.services.machines import GRANTABLE, LONGEST_DAYS


class LoginForm(account.LoginForm):
    """The sign-in. The way to a new password stands below the form, out of the way of the keyboard."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Take the link out of the form."""
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class CountedCode:
    """A code may be guessed wrong a few times, whichever process is asked and however many ask at once."""

    user: Person

    def clean_code(self) -> str:
        """Check the code, within the limits."""
        counted = ((limits.SECOND_FACTOR, self.user.pk), (limits.SECOND_FACTOR_DAY, self.user.pk))
        try:
            with limits.failures(*counted, now=timezone.now()):
                code = super().clean_code()
            if limits.hit(limits.CODE_USED, self.user.pk, code, now=timezone.now()):
                raise ValidationError(gettext("This code was used already. Wait for the next one."), code="used")
            return code
        except TooManyError as error:
            raise ValidationError(error.message, code="too_many") from error


class AuthenticateForm(CountedCode, mfa.AuthenticateForm):
    """The code asked for after the password."""


class ReauthenticateForm(CountedCode, mfa.ReauthenticateForm):
    """The code asked for again before something that needs it."""


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A new passkey, asked for in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Say what the choice means."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label = gettext("Name, by which you know it")
        self.fields["passwordless"].label = gettext("Sign in with it alone")
        self.fields["passwordless"].help_text = gettext(
            "No password then; the device asks for your finger, face or PIN."
        )


class AcceptForm(forms.Form):
    """What somebody says who accepts an invitation and has no account yet."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As colleagues know you."),
    )
    password1 = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence is good, and a password manager is better."),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:  # noqa: ANN401
        """Know for whom it is."""
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, and good enough."""
        found = super().clean()
        first, second = found.get("password1"), found.get("password2")
        if first and second and first != second:
            self.add_error("password2", gettext("The two passwords are not the same."))
        elif first:
            try:
                validate_password(first, Person(email=self.email, name=found.get("name", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return found


class InviteForm(forms.Form):
    """Whom to invite to what."""

    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))
    body = forms.ChoiceField(label=_("For"), required=False)
    rooms = forms.MultipleChoiceField(
        label=_("Only in these parts of the work"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all, also those that are still to come."),
    )

    def __init__(self, *args: Any, offered: Mapping[str, list[tuple[str, Any]]], **kwargs: Any) -> None:  # noqa: ANN401
        """Offer what the inviter may give: choices of roles, bodies (none where it is clear) and rooms."""
        super().__init__(*args, **kwargs)
        for name, choices in offered.items():
            self.fields[name].choices = choices
        if not offered["body"]:
            del self.fields["body"]


class MachineForm(forms.Form):
    """A new machine account."""

    name = forms.CharField(label=_("Name of the program"), max_length=120)
    member = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401
        """Offer the members that the maker may act for."""
        super().__init__(*args, **kwargs)
        if members:
            self.fields["member"].choices = members
        else:
            del self.fields["member"]


class TokenForm(forms.Form):
    """A new token."""

    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=[(one, one) for one in GRANTABLE], widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(label=_("Days until it ends"), min_value=1, max_value=LONGEST_DAYS, initial=90)
