"""How far: observations, index, uncertainty, trajectory."""
