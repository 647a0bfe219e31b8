"""The demo ecosystem: a fictional maker of home appliances and everyone it exchanges value with, 2023 to 2025."""

from examples.demo.build import DEMO_SEED, DEMO_WORKSPACE, demo_records

__all__ = ["DEMO_SEED", "DEMO_WORKSPACE", "demo_records"]
