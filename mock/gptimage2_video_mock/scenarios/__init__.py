"""The scenarios: which faults there are, when they happen, and under which base URL."""
