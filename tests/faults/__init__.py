"""The whole stack under load while its processes are killed: ``make test-faults``."""
