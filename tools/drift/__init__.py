"""`make drift`: tables and samples of documentation pages against openapi.yaml; their other text is for a person."""
