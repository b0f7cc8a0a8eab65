"""Pages and API of the room `measure`: where each member stands, and on what that rests."""
