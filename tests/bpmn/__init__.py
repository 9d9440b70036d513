"""Tests of the process packages that the house ships."""
