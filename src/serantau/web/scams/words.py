"""Kinds of harm, types of things, states and acts in words that a person reads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from serantau.defend.scams import Act, Harm, Part, Stage, State, Step, Thing

HARMS = {
    Harm.IMPERSONATION: _("Somebody pretended to be an authority, a bank, a company or a relative"),
    Harm.CREDENTIALS: _("Somebody wanted my passwords, codes or card numbers"),
    Harm.INVESTMENT: _("An investment that was none"),
    Harm.SHOPPING: _("Paid for, and not delivered or not as offered"),
    Harm.JOB: _("An offer of work that was none"),
    Harm.LOAN: _("A loan that was none, or on forbidden terms"),
    Harm.ROMANCE: _("A relationship that was made to get money"),
    Harm.PRIZE: _("A prize, gift or inheritance that was none"),
    Harm.MALWARE: _("Somebody wanted a program installed, or took over a device"),
    Harm.OTHER: _("Something else"),
}

SHORT_HARMS = {
    Harm.IMPERSONATION: _("impersonation"),
    Harm.CREDENTIALS: _("passwords and codes"),
    Harm.INVESTMENT: _("investment"),
    Harm.SHOPPING: _("shopping"),
    Harm.JOB: _("work"),
    Harm.LOAN: _("loans"),
    Harm.ROMANCE: _("relationships"),
    Harm.PRIZE: _("prizes"),
    Harm.MALWARE: _("programs"),
    Harm.OTHER: _("other harm"),
}

THINGS = {
    Thing.PHONE: _("telephone number"),
    Thing.ACCOUNT: _("bank account"),
    Thing.DOMAIN: _("domain"),
    Thing.URL: _("web address"),
    Thing.EMAIL: _("e-mail address"),
}

KINDS = {
    "phones": _("telephone number"),
    "accounts": _("bank account"),
    "links": _("web address"),
    "emails": _("e-mail address"),
}
"""Types as a form offers them: people do not tell a domain from a web address."""

NO_SUCH_THING = {
    Thing.PHONE: _("This is no telephone number. Write it with + and the code of its country."),
    Thing.ACCOUNT: _("This is no account number. Write its digits alone, at least six."),
    Thing.DOMAIN: _("This is no web address. Write it like shop.example or https://shop.example/page."),
    Thing.URL: _("This is no web address. Write it like shop.example or https://shop.example/page."),
    Thing.EMAIL: _("This is no e-mail address. Write it like name@shop.example."),
}

STATES = {
    State.RECEIVED: _("received"),
    State.ACCEPTED: _("accepted"),
    State.NEEDS_MORE: _("waits for an answer"),
    State.REJECTED: _("not accepted"),
    State.MERGED: _("a repetition of another report"),
    State.WITHDRAWN: _("withdrawn"),
}

ACTS = {
    Act.ACCEPT: _("Accept"),
    Act.ASK: _("Ask the reporter"),
    Act.REJECT: _("Do not accept"),
    Act.MERGE: _("It repeats another report"),
    Act.REOPEN: _("Look at it again"),
}

DONE = {
    Act.ACCEPT: _("The report was accepted. It counts from now on."),
    Act.ASK: _("The question stands where the reporter looks with their code."),
    Act.REJECT: _("The report was not accepted."),
    Act.MERGE: _("The report counts no more; the other stands for it."),
    Act.REOPEN: _("The report waits again."),
}

STAGES = {
    Stage.OPEN: _("being looked at"),
    Stage.TO_UPHOLD: _("being looked at"),
    Stage.TO_DISMISS: _("being looked at"),
    Stage.UPHELD: _("granted: earlier reports count no more"),
    Stage.DISMISSED: _("not granted"),
}
"""As the appellant reads it: what one officer proposes is nobody's business before a second has confirmed it."""

INNER_STAGES = {
    **STAGES,
    Stage.OPEN: _("waits for an officer"),
    Stage.TO_UPHOLD: _("one officer would grant it; a second confirms"),
    Stage.TO_DISMISS: _("one officer would not grant it; a second confirms"),
}

STEPS = {
    Step.PROPOSE_UPHOLDING: _("Propose to grant it"),
    Step.PROPOSE_DISMISSING: _("Propose not to grant it"),
    Step.CONFIRM: _("Confirm"),
    Step.SEND_BACK: _("Send back"),
}

PARTS = {
    Part.TEXT: _("What you wrote, and questions to you"),
    Part.CONTACT: _("Your e-mail address"),
    Part.MARKS: _("Digests by which several reports of one person are counted once"),
    Part.VALUES: _("The numbers and addresses that you named"),
    Part.DIGESTS: _("Digests of them, by which a number is found that somebody asks about"),
}
