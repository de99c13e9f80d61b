"""Asking the clients on this machine which of the rendered agents they really load.

Each client is a module that knows where it looks for agents and how to ask it, offline and without
an account; the table names them. A client runs in a scratch project with a home of its own.
"""

from agentgen.verify import (
    claude,
    codex,
    copilot,
    gemini,
    kilo,
    opencode,
    qwen,
    roo,
    skills,
    vscode,
)
from agentgen.verify.agents import AgentFile, ShownAgent
from agentgen.verify.asking import Answer, Verified, diagnostics, verify
from agentgen.verify.client import Client
from agentgen.verify.finding import Places
from agentgen.verify.verdict import Outcome, Verdict

CLIENTS: dict[str, Client] = {
    "claude": claude.CLIENT,
    "codex": codex.CLIENT,
    "copilot": copilot.CLIENT,
    "gemini": gemini.CLIENT,
    "kilo": kilo.CLIENT,
    "opencode": opencode.CLIENT,
    "qwen": qwen.CLIENT,
    "roo": roo.CLIENT,
    "skills": skills.CLIENT,
    "vscode": vscode.CLIENT,
}

__all__ = [
    "CLIENTS",
    "AgentFile",
    "Answer",
    "Client",
    "Outcome",
    "Places",
    "ShownAgent",
    "Verdict",
    "Verified",
    "diagnostics",
    "verify",
]
