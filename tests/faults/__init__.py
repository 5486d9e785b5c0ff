"""The whole stack under load while its processes are killed and everything around it fails: ``make test-faults``."""
