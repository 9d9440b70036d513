"""Scenarios: tests of processes as data, with time travel, on a throw-away database in memory."""

from engine.scenario.reading import Scenario, ScenarioError, read_scenario
from engine.scenario.running import Ports, Result, run_paths, run_scenario

__all__ = ["Ports", "Result", "Scenario", "ScenarioError", "read_scenario", "run_paths", "run_scenario"]
