"""Batches: many requests from one manifest, none of them submitted twice."""
