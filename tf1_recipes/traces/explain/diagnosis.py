"""What an explanation consists of: diagnoses, each with its figures, evidence and confidence."""
from dataclasses import dataclass, field

HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass
class Diagnosis:
    """One cause of a difference between two traces.

    Attributes:
        title: str, the cause in the terms of the field.
        what: str, a sentence with the figures.
        step: int, the first step at which it shows.
        where: list of str, the names in ``a`` of the tensors in which it shows.
        evidence: list of str, what the diagnosis rests on.
        confidence: "high", "medium" or "low".
        figures: dict ``{name: number}``, the estimates, for programs.
        not_told_apart: list of str, other causes that would leave the same traces.
    """

    title: str
    what: str
    step: int
    where: list
    evidence: list = field(default_factory=list)
    confidence: str = HIGH
    figures: dict = field(default_factory=dict)
    not_told_apart: list = field(default_factory=list)


@dataclass
class Explanation:
    """Why two traces differ.

    Attributes:
        diagnoses: list of `Diagnosis`, the root first.
        later: int, how many further tensors differ only after the first diagnosis' step, or in
            that step as its consequence.
        unexplained: str, what no diagnosis covers; empty if there is nothing.
    """

    diagnoses: list = field(default_factory=list)
    later: int = 0
    unexplained: str = ""
