"""Reports of fraud and harm to consumers: triage, what is answered to whoever asks, appeals, retention, figures."""

from serantau.defend.scams.appeals import AppealError, Stage, Step, silent_until
from serantau.defend.scams.checker import RULES, Rule, Standing, standing
from serantau.defend.scams.figures import Counted, Month, figures
from serantau.defend.scams.keys import ThingError, normal
from serantau.defend.scams.model import Harm, Thing, Tip
from serantau.defend.scams.retention import APPEAL_DAYS, LIMITS, Part, over
from serantau.defend.scams.triage import Act, Side, State, TriageError, acts_for, follow

__all__ = [
    "APPEAL_DAYS",
    "LIMITS",
    "RULES",
    "Act",
    "AppealError",
    "Counted",
    "Harm",
    "Month",
    "Part",
    "Rule",
    "Side",
    "Stage",
    "Standing",
    "State",
    "Step",
    "Thing",
    "ThingError",
    "Tip",
    "TriageError",
    "acts_for",
    "figures",
    "follow",
    "normal",
    "over",
    "silent_until",
    "standing",
]
