"""The keys that front matter of agents and prompts has, and who reads them.

From each client's documentation or source: code.claude.com/docs/en/sub-agents and /skills,
code.visualstudio.com/docs/copilot/customization, docs.github.com/copilot/reference (custom agents),
opencode.ai/docs/agents, google-gemini/gemini-cli, QwenLM/qwen-code, openai/codex, cursor.com/docs,
RooCodeInc/Roo-Code, kiro.dev/docs, Factory-AI/factory, and agentskills.io for skills.
"""

_OWN = "name description icon model version tools role scope enabled targets"
_CLAUDE = """
    disallowedTools permissionMode maxTurns skills mcpServers hooks memory background effort
    isolation color initialPrompt omitClaudeMd disable-model-invocation user-invocable context paths
    when_to_use shell
"""
_VS_CODE = """
    argument-hint agents handoffs target github advancedOptions reasoning-effort infer agent mode
    applyTo excludeAgent
"""
_COPILOT = "mcp-servers metadata"
_OPENCODE = "variant prompt temperature top_p steps hidden disable permission options subtask"
_GEMINI = "kind display_name mcp_servers max_turns timeout_mins"
_QWEN = "approvalMode"
_CODEX = "model_reasoning_effort sandbox_mode nickname_candidates developer_instructions"
_CURSOR = "readonly is_background globs alwaysApply"
_ROO = "slug roleDefinition groups whenToUse customInstructions source allowedMcpServers"
_KIRO = "permissions resources welcomeMessage"
_FACTORY = "reasoningEffort"
_JUNIE = "reasoningLevel"
_SKILLS = "license compatibility allowed-tools"
_ABOUT_THE_FILE = """
    title id author authors owner maintainer maintainers created updated date status category
    categories tags keywords homepage repository url
"""
"""What no client reads, and people do."""

OWN_KEYS = frozenset(_OWN.split())
"""Keys of agentgen itself, and so the likeliest to be meant."""

_CLIENTS = (_CLAUDE, _VS_CODE, _COPILOT, _OPENCODE, _GEMINI, _QWEN, _CODEX, _CURSOR, _ROO, _KIRO)

KNOWN_KEYS = frozenset(
    " ".join((_OWN, *_CLIENTS, _FACTORY, _JUNIE, _SKILLS, _ABOUT_THE_FILE)).split()
)
"""Every key that somebody reads."""
