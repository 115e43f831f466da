"""Batches: many requests from one manifest, on a durable engine, none of them submitted twice."""
