"""Generated from openapi.yaml; never edited. `api`, `models`, `client` and `model_table` are imported where needed."""
