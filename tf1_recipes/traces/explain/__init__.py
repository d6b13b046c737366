"""Why two traces differ: diagnoses with figures, evidence and confidence. Needs NumPy only."""
from tf1_recipes.traces.explain.diagnosis import Diagnosis, Explanation
from tf1_recipes.traces.explain.engine import explain_traces

__all__ = ["Diagnosis", "Explanation", "explain_traces"]
