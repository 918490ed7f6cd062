"""gunicorn writes no lines of its own format: what it has to say goes through ours, as JSON, from a warning upwards."""

logconfig_dict = {
    "root": {"level": "INFO", "handlers": []},
    "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True}},
    "handlers": {},
}
