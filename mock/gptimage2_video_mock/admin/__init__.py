"""What the mock adds to the API: the admin API under `/mock/`, the playground and the reference."""
