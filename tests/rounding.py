"""How far apart two right float32 results may be: the bounds that the tests hold them to.

Trainings are compared to the bit in two cases only. Either every sum in them is exact in any order:
of whole numbers, or of few binary places. Or both go through the same kernels: the same ops on the
same shapes, in one process, with as many threads. In which order a kernel on a CPU adds, and if it
fuses a product into the sum, follows from these and the processor; no run of it depends on another,
or on how long a thread takes.

Everything else is held to a bound that `tf1_recipes.evidence.models.rounding` derives.
"""
from tf1_recipes.evidence.models.rounding import ROOT, UNIT

# The share by which a float32 operation, and a root that begins with an estimate, may be off.
U = UNIT
ESTIMATED_ROOT = ROOT * UNIT
