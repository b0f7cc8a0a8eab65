"""API of the room `plan`: plans, actions, meetings."""
