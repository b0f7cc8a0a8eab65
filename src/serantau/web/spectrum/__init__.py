"""The pages of the room `spectrum`."""
