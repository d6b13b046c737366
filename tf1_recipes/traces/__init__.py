"""What a trace is; reading, writing and comparing traces. Stands on NumPy alone."""
from tf1_recipes.traces.compare import compare_traces
from tf1_recipes.traces.files import open_trace, write_json
from tf1_recipes.traces.trace import MemoryTrace, TraceError

__all__ = ["MemoryTrace", "TraceError", "compare_traces", "open_trace", "write_json"]
