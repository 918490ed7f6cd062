"""Run CPMS and its services on one machine, without containers and without prepared services."""
