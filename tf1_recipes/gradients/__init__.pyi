from tf1_recipes.gradients.clip import clip_gradients as clip_gradients
from tf1_recipes.gradients.multiply import multiply_gradients as multiply_gradients
from tf1_recipes.gradients.scale import scale_gradient as scale_gradient
