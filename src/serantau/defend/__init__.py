"""What threatens: STIX objects, their markings, what several members saw, and who may read of it."""
