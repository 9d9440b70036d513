"""Public conformance suites, run on demand and apart from the fast tests. They are not part of the project."""
