"""What changed between two versions of openapi.yaml, whether it breaks callers, and which version is due."""
