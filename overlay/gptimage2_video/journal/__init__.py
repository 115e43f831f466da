"""The record of every submission, on disk before it is sent."""
