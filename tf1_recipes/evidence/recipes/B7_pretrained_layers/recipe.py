from tf1_recipes.evidence.recipe import Recipe
from tf1_recipes.evidence.sources import BOOK

RECIPE = Recipe(
    __file__,
    title="Pretrain the lower layers first",
    formula="loss_k = mean (decoder_k(h_k) - h_(k-1))^2;  or mean max(0, m - s(good) + s(bad))",
    sources=(BOOK.at("chapters 11 and 15: pretraining without labels"),),
    functions=("layerwise_autoencoders", "layerwise_rbms", "max_margin_loss"),
    trap="an Adam shared by the phases makes the first steps of the second one up to 6.6 times too "
         "long; scores of two nets, or of shapes that broadcast, learn no ranking",
    problem="two relu layers pretrained by auto-encoders, the second one's weights tied, and once "
            "more by a max margin; both times restored into a net with labels; one optimizer in "
            "each phase gates the gradients of each op",
    sums="matrix products over up to ten inputs, and a softmax")
