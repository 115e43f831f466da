"""The sans-I/O flows: what is requested of the service, in which order, and what it means; a file a verb."""
