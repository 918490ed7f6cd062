"""Files as people send them, and as attackers do, made by a script."""
