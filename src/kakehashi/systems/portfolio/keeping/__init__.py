"""What an agency keeps about itself and words anew: goals and what was reached of them, its structure, logic models."""
