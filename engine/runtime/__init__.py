"""The workflow itself: tokens in SpiffWorkflow's task tree, joins, loops, events, failures, state.

Knows nothing of databases, people or HTTP.
"""
