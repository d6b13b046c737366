from tf1_recipes.transfer.restore.partial_restore import plan_restore as plan_restore
