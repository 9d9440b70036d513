"""BPMN XML: read safely, understood once, and made fit for the library that runs it."""
