"""What a repository says of itself, without running anything: its files in, findings out.

Pure. Each ecosystem is a module with the names of its manifests and one function, listed in the
table `ECOSYSTEMS` of `detecting`.
"""

from agentgen.detection.detected import Detected, Value
from agentgen.detection.detecting import ECOSYSTEMS, detect, is_worth_reading
from agentgen.detection.finding import Finding, Place
from agentgen.detection.fitting import REASONS, Fit, fitting
from agentgen.detection.tree import Package, Tree
from agentgen.detection.updates import Update, updates
from agentgen.detection.written import as_text

__all__ = [
    "ECOSYSTEMS",
    "REASONS",
    "Detected",
    "Finding",
    "Fit",
    "Package",
    "Place",
    "Tree",
    "Update",
    "Value",
    "as_text",
    "detect",
    "fitting",
    "is_worth_reading",
    "updates",
]
