from tf1_recipes.graph.gating import gate as gate
from tf1_recipes.graph.gating import is_gated as is_gated
from tf1_recipes.graph.layer_outputs import variables_of_output as variables_of_output
from tf1_recipes.graph.layer_variables import variables_behind as variables_behind
from tf1_recipes.graph.variable_selection import select as select
