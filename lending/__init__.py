"""The trade: repayment schedules, allocation of payments, working time, votes.

Pure functions and dataclasses; knows nothing of SQL, HTTP or BPMN, and never asks what time it is.
"""
