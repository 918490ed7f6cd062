"""What developers and the commands in ``bin/`` use. Nothing here is imported by the application."""
