"""Compiles all loops into the cache, at set-up: ``python -m graph_models.kernels.compile``. What is there already is only read."""

from __future__ import annotations

import importlib
import pkgutil

from graph_models import kernels
from graph_models.kernels.compiled import LOOPS


def main() -> None:
    for module in pkgutil.walk_packages(kernels.__path__, f"{kernels.__name__}."):
        if module.name != f"{kernels.__name__}.compile":
            importlib.import_module(module.name)
    for loop in LOOPS:
        _ = loop.machine_code


if __name__ == "__main__":
    main()
