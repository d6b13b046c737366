from tf1_recipes.transfer.cache.layer_cache import cache_outputs as cache_outputs
