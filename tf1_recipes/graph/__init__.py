"""What all recipes stand on: gated steps, selected variables, what layers compute."""
