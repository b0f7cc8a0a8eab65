"""Forms around accounts for TAXII."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.web.defend.accounts import Right
from serantau.web.defend.services.accounts import Terms

NEVER = "never"
LABELS = [(str(int(one)), one.label) for one in Tlp if one <= HIGHEST_CLEARANCE]
"""Never translated (first.org/tlp)."""


class TermsForm(forms.Form):
    """What an account may do."""

    clearance = forms.ChoiceField(label=_("Clearance"), help_text=_("The strictest label that it reads by rank."))
    attribution = forms.ChoiceField(
        label=_("Named from"),
        choices=[*LABELS, (NEVER, _("never"))],
        help_text=_(
            "From which clearance on readers may know who contributed. Below it they get an object of the hub's own."
        ),
    )
    reads = forms.MultipleChoiceField(label=_("It reads"), required=False, widget=forms.CheckboxSelectMultiple)
    writes = forms.MultipleChoiceField(label=_("It writes to"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        ceiling: Tlp,
        readable: Sequence[str],
        writable: Sequence[str],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Offer what may be given."""
        super().__init__(*args, **kwargs)
        self.fields["clearance"].choices = [(value, label) for value, label in LABELS if int(value) <= ceiling]
        self.fields["reads"].choices = [(alias, alias) for alias in readable]
        self.fields["writes"].choices = [(alias, alias) for alias in writable]

    def terms(self) -> Terms:
        """What was chosen."""
        given = self.cleaned_data
        attribution = given["attribution"]
        rights = {
            alias: Right(read=alias in given["reads"], write=alias in given["writes"])
            for alias in {*given["reads"], *given["writes"]}
        }
        return Terms(Tlp(int(given["clearance"])), None if attribution == NEVER else Tlp(int(attribution)), rights)


class NewAccountForm(TermsForm):
    """A new account."""

    login = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("As Basic authentication uses it: a-z, 0-9, dot and hyphen.")
    )
    field_order = ["login", "clearance", "attribution", "reads", "writes"]


class CertificateForm(forms.Form):
    """A client certificate."""

    certificate = forms.CharField(
        label=_("Certificate"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In PEM form, or its SHA-256 in hexadecimal."),
    )


def initial(terms: Mapping[str, Right], clearance: Tlp, attribution: Tlp | None) -> dict[str, object]:
    """What a form begins with."""
    return {
        "clearance": str(int(clearance)),
        "attribution": NEVER if attribution is None else str(int(attribution)),
        "reads": [alias for alias, right in terms.items() if right.read],
        "writes": [alias for alias, right in terms.items() if right.write],
    }
