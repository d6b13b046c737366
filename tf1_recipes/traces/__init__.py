"""What a trace is; reading, writing and comparing traces. Needs NumPy only."""
from tf1_recipes.traces.compare import compare_traces
from tf1_recipes.traces.element_differences import Tolerance
from tf1_recipes.traces.files import open_trace, write_json
from tf1_recipes.traces.frameworks import arrays_of
from tf1_recipes.traces.map_file import read_map
from tf1_recipes.traces.mapped import map_traces
from tf1_recipes.traces.trace import MemoryTrace, TraceError
from tf1_recipes.traces.trace_writer import TraceWriter, writer

__all__ = ["MemoryTrace", "Tolerance", "TraceError", "TraceWriter", "arrays_of",
           "compare_traces", "map_traces", "open_trace", "read_map", "write_json", "writer"]
