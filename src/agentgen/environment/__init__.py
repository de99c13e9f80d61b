"""The one configured Jinja2 environment, and the process that it runs in.

Nothing else in agentgen imports Jinja2, and no other process does.
"""
