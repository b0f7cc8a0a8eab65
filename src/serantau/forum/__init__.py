"""How it is agreed: papers and their versions, where each member stands, when there is consensus."""

from serantau.forum.consensus import Act, Command, Party, Rule, Verdict, acts_for, advance, apply, verdict
from serantau.forum.errors import ForumError, RuleError
from serantau.forum.model import Matter, Mode, Position, Rules, Say, Stage, Verb
from serantau.forum.text import Change, Difference, Piece, clean, differences, paragraphs

__all__ = [
    "Act",
    "Change",
    "Command",
    "Difference",
    "ForumError",
    "Matter",
    "Mode",
    "Party",
    "Piece",
    "Position",
    "Rule",
    "RuleError",
    "Rules",
    "Say",
    "Stage",
    "Verb",
    "Verdict",
    "acts_for",
    "advance",
    "apply",
    "clean",
    "differences",
    "paragraphs",
    "verdict",
]
