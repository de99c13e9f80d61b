"""The rules: one module each, whose docstring is its documentation, and the table that names them.

A module holds `SEVERITY` and, as its docstring: what is wrong in one sentence, why it matters, and
examples that fail and pass. Importing one does nothing, and happens no sooner than it is asked for.
"""

import importlib
import inspect

from agentgen.diagnostics import Severity, did_you_mean, fail, quoted
from agentgen.frozen import Frozen

RULES: dict[str, str] = {
    "ambiguous-text": "agentgen.rules.ambiguous_text",
    "artifact-clash": "agentgen.rules.artifact_clash",
    "body-limit": "agentgen.rules.body_limit",
    "broken-link": "agentgen.rules.broken_link",
    "byte-order-mark": "agentgen.rules.byte_order_mark",
    "client-syntax": "agentgen.rules.client_syntax",
    "dropped-key": "agentgen.rules.dropped_key",
    "dropped-tool": "agentgen.rules.dropped_tool",
    "duplicate-description": "agentgen.rules.duplicate_description",
    "duplicate-key": "agentgen.rules.duplicate_key",
    "duplicate-name": "agentgen.rules.duplicate_name",
    "edited-output": "agentgen.rules.edited_output",
    "empty-body": "agentgen.rules.empty_body",
    "empty-file": "agentgen.rules.empty_file",
    "empty-name": "agentgen.rules.empty_name",
    "empty-section": "agentgen.rules.empty_section",
    "escaping-link": "agentgen.rules.escaping_link",
    "failing-template": "agentgen.rules.failing_template",
    "garbled-text": "agentgen.rules.garbled_text",
    "hidden-character": "agentgen.rules.hidden_character",
    "illegal-name": "agentgen.rules.illegal_name",
    "import-clash": "agentgen.rules.import_clash",
    "include-cycle": "agentgen.rules.include_cycle",
    "invalid-encoding": "agentgen.rules.invalid_encoding",
    "invalid-front-matter": "agentgen.rules.invalid_front_matter",
    "invalid-manifest": "agentgen.rules.invalid_manifest",
    "invalid-option": "agentgen.rules.invalid_option",
    "invalid-schema": "agentgen.rules.invalid_schema",
    "invalid-settings": "agentgen.rules.invalid_settings",
    "invalid-target-value": "agentgen.rules.invalid_target_value",
    "invalid-template": "agentgen.rules.invalid_template",
    "invalid-yaml": "agentgen.rules.invalid_yaml",
    "leftover-tag": "agentgen.rules.leftover_tag",
    "literal-braces": "agentgen.rules.literal_braces",
    "lost-assignment": "agentgen.rules.lost_assignment",
    "lost-by-import": "agentgen.rules.lost_by_import",
    "lost-tool": "agentgen.rules.lost_tool",
    "memory-limit": "agentgen.rules.memory_limit",
    "misplaced-front-matter": "agentgen.rules.misplaced_front_matter",
    "missing-client": "agentgen.rules.missing_client",
    "missing-description": "agentgen.rules.missing_description",
    "missing-file": "agentgen.rules.missing_file",
    "missing-template": "agentgen.rules.missing_template",
    "misspelt-key": "agentgen.rules.misspelt_key",
    "no-tools": "agentgen.rules.no_tools",
    "not-imported": "agentgen.rules.not_imported",
    "orphaned-output": "agentgen.rules.orphaned_output",
    "output-limit": "agentgen.rules.output_limit",
    "outside-link": "agentgen.rules.outside_link",
    "read-twice": "agentgen.rules.read_twice",
    "refused-agent": "agentgen.rules.refused_agent",
    "refused-name": "agentgen.rules.refused_name",
    "renamed-tool": "agentgen.rules.renamed_tool",
    "time-limit": "agentgen.rules.time_limit",
    "token-limit": "agentgen.rules.token_limit",
    "unanswered-question": "agentgen.rules.unanswered_question",
    "unclosed-fence": "agentgen.rules.unclosed_fence",
    "undefined-variable": "agentgen.rules.undefined_variable",
    "unknown-agent": "agentgen.rules.unknown_agent",
    "unknown-key": "agentgen.rules.unknown_key",
    "unknown-output": "agentgen.rules.unknown_output",
    "unknown-role": "agentgen.rules.unknown_role",
    "unknown-rule": "agentgen.rules.unknown_rule",
    "unknown-schema-key": "agentgen.rules.unknown_schema_key",
    "unknown-setting": "agentgen.rules.unknown_setting",
    "unknown-target": "agentgen.rules.unknown_target",
    "unknown-target-key": "agentgen.rules.unknown_target_key",
    "unknown-tool": "agentgen.rules.unknown_tool",
    "unprintable-value": "agentgen.rules.unprintable_value",
    "unprinted-text": "agentgen.rules.unprinted_text",
    "unreadable-file": "agentgen.rules.unreadable_file",
    "unrendered-template": "agentgen.rules.unrendered_template",
    "unsafe-archive": "agentgen.rules.unsafe_archive",
    "unsafe-template": "agentgen.rules.unsafe_template",
    "unused-prompt": "agentgen.rules.unused_prompt",
    "unused-schema-key": "agentgen.rules.unused_schema_key",
    "unused-suppression": "agentgen.rules.unused_suppression",
    "unwritable-output": "agentgen.rules.unwritable_output",
}

CHECKS = (
    "duplicate-description",
    "empty-section",
    "garbled-text",
    "hidden-character",
    "leftover-tag",
    "literal-braces",
    "renamed-tool",
    "token-limit",
    "unclosed-fence",
    "unknown-key",
    "unknown-role",
    "unknown-tool",
    "unused-prompt",
    "unused-schema-key",
)
"""The rules whose modules look for themselves, with `check(Checked)`; the others are found on the
way, where files are read and templates rendered."""

OFF_BY_DEFAULT = frozenset({"unused-schema-key"})
"""The rules that count only where `select` or `extend-select` names them."""

_MARKDOWN_HEAD = """\
# Rules

What agentgen reports, by the name that stands in brackets in each message. `agentgen explain RULE`
prints the same text. An `error` keeps agents from being written, a `warning` does not.

What `lint` reports can be ignored: on a line by the comment `{# agentgen: ignore[RULE] #}` there, in
a file by `{# agentgen: ignore-file[RULE] #}`, in the files of a glob by the setting
`per-file-ignores` in `[lint]`, and everywhere by `select` and `ignore` there or as options. A rule
that is off by default counts where `select` or `extend-select` names it.

The examples stand in a project that has an agent already, `agents/reviewer.md`. They show files with
`cat`, and of a report the lines that are about the rule. Each of them runs in a test. This page is
made from the rules' own modules by `make golden`.
"""


class Rule(Frozen):
    """What is checked: the name, how bad it is, what is wrong in one sentence, and all the rest.

    `text` is Markdown: why it matters, examples that fail and pass, and what can be changed.
    `is_on` says whether it counts without being selected.
    """

    name: str
    severity: Severity
    summary: str
    text: str
    is_on: bool = True

    @property
    def standing(self) -> str:
        """How bad it is, and whether it has to be selected, in words."""
        return str(self.severity) if self.is_on else f"{self.severity}, off by default"


def load_rule(name: str) -> Rule:
    """Load a rule by its name; raise `AgentgenError` with the nearest one where there is none."""
    if name not in RULES:
        help = did_you_mean(name, RULES) or "`agentgen list --rules` shows the rules"
        raise fail("unknown-rule", f"there is no rule {quoted(name)}", help=help)
    module = importlib.import_module(RULES[name])
    summary, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n\n")
    return Rule(name, module.SEVERITY, summary, text, name not in OFF_BY_DEFAULT)


def load_rules() -> tuple[Rule, ...]:
    """Load every rule, sorted by name."""
    return tuple(load_rule(name) for name in RULES)


def as_markdown() -> str:
    """Return all that there is to read about the rules, as `docs/rules.md` holds it."""
    rules = load_rules()
    contents = [
        f"| [{each.name}](#{each.name}) | {each.standing} | {each.summary} |" for each in rules
    ]
    table = "\n".join(["| rule | severity | what |", "|---|---|---|", *contents])
    sections = [
        f"## {each.name}\n\n{each.summary} ({each.standing})\n\n{each.text}\n" for each in rules
    ]
    return "\n".join([_MARKDOWN_HEAD, f"{table}\n", *sections])
