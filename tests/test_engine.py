"""The engine in this process: what each kind of failure says, and the loop that serves jobs."""

import io
import os
import threading
from typing import Any

import pytest

from agentgen.environment.engine import Engine
from agentgen.environment.worker import read_job, read_setup, serve
from agentgen.frozen import asdict
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Frame, Job, Limits, Problem, Setup, Task
from agentgen.shapes import TEXT, mapping_of
from agentgen.templates import find_template
from agentgen.wire import Inbox, message_bytes, receive

SCHEMA: dict[str, Any] = {"project": {"name": "x"}, "languages": [{"name": "go"}], "nothing": None}
INCLUDES = {
    "partials/p.md": "{{ agent.name }}\n",
    "partials/bad.md": "one\n{% nonsense %}\n",
    "partials/self.md": "{% include 'self.md' %}",
}


def fetch(name: str, parent: str) -> tuple[str, str] | None:
    full = find_template(name, parent, INCLUDES)
    return None if full is None else (full, INCLUDES[full])


def setup(undefined: Undefined = Undefined.GUARDED, output: int = 1) -> Setup:
    shapes = {"schema": mapping_of({"project": mapping_of({"name": TEXT})}), "target": TEXT}
    limits = Limits(output=output)
    return Setup(undefined, Whitespace.TIDY, ("\ufdd0", "\ufdd1"), SCHEMA, limits, shapes)


def job(text: str, **rest: Any) -> Job:
    return Job("agents/a.md", text, "markdown", {"name": "a", "tools": ["t"]}, **rest)


def problem(text: str, undefined: Undefined = Undefined.GUARDED) -> Problem:
    outcome = Engine(setup(undefined), fetch).perform(job(text))
    assert outcome.body == ""
    (found,) = outcome.problems
    return found


SAYINGS = {
    "{{ schema.project.nmae }}": "`schema.project.nmae` is not in the project schema",
    "{{ schema.languages[0].nmae }}": "`schema.languages[0].nmae` is not in the project schema",
    "{{ schema.languages[3] }}": "`schema.languages` is a list of 1, and has no `3`",
    "{{ schema.project.name.nope }}": "text has no `nope`",
    "{{ 3.nope }}": None,
    "{{ {'a': 1}.b }}": "`b` is undefined",
    "{{ agent.nmae }}": "`agent.nmae` is not in this agent's front matter",
    "{{ nope }}": "`nope` is undefined",
    "{{ joiner() }}": "`joiner` is not available",
    "{{ [] | first }}": "there is no first item: the list is empty",
    "{{ schema.nothing }}": "this prints a value that is empty (`null`)",
    "{{ agent.get }}": "this prints a function, not what it returns",
    "{{ [1] | map('string') }}": "this prints a sequence, not text",
    "{{ namespace() }}": "this prints an object (Namespace), not text",
    "{{ agent.get ~ '' }}": "the text holds an object that was made text, not a value",
    "{% for x in schema.nothing %}{% endfor %}": (
        "this goes through an empty value, as if it were a list"
    ),
    "{% for a, b in [1] %}{% endfor %}": "this takes a number apart, as if it were a list",
    "{% for a, b in [[1]] %}{% endfor %}": (
        "this takes something apart into `2` names, and it has more or fewer parts"
    ),
    "{{ 1 / 0 }}": "this divides by zero",
    "{{ 'a' + 1 }}": "`+` cannot join text and a number",
    "{{ 1 + 'a' }}": "`+` cannot join a number and text",
    "{{ [] - 1 }}": "`-` does not work with a list and a number",
    "{{ -'a' }}": "`-` does not work with text",
    "{{ 'a' * 1.5 }}": "text and lists are multiplied with whole numbers, not with a number",
    "{{ [1, 'a'] | sort }}": "`<` cannot compare text with a number",
    "{{ schema.project.name() }}": "this calls text, as if it were a function",
    "{{ 'a' | replace(1) }}": "the filter `replace` lacks its argument `new`",
    "{{ 'a' | upper(1) }}": "the filter `upper` does not take so many arguments",
    "{{ 'a' | upper(b=1) }}": "the filter `upper` has no argument `b`",
    "{{ 'a'.index('b') }}": "what is looked for is not there",
    "{{ 'a'.encode('b') }}": "there is no encoding `b`",
    "{{ '%(x)s' % {} }}": "there is no key `x` here",
    "{{ '{0}'.format() }}": "this asks for more values than there are",
    "{{ 10 ** 5000 }}": "this number has too many digits to be printed",
    "{{ 'a'.zfill('b') }}": (
        "this cannot be done: `str` object cannot be interpreted as an integer"
    ),
    "{{ ''.__class__ }}": "`__class__` leads to what lies below the data, where no template may go",
    "{{ [].append(1) }}": "`append` would change a list, and no template changes data",
    "{% include 'nope.md' %}": "there is no template `nope.md`",
    "{% include 'bad.md' %}": "encountered unknown tag `nonsense`",
    "{% include 'self.md' %}": "this includes or calls itself without end",
    "{% fro x %}": "encountered unknown tag `fro`",
    "{% endfor %}": "`endfor` does not belong to any block that is open here",
    "{% if 1 %}": "the block `if` is never closed",
    "{{ 'a' | uper }}": "no filter named `uper`",
    "{{ 'a' | pprint }}": "the filter `pprint` is not available",
    "{{ 'a' is uper }}": "no test named `uper`",
    "{{ a b }}": "expected token `}}`, got `b`",
    "{% if %}": "expected an expression, got `%}`",
    "{{": "unexpected the end of the template",
    "{% if 1 %}" * 120 + "{% endif %}" * 120: "this template is nested too deeply",
    "{% filter length %}a{% endfilter %}": "a `filter` block gives no text",
    "{{ 'a' * 2000000 }}": "this renders to more than 1 MiB",
}


@pytest.mark.parametrize("text", SAYINGS, ids=lambda text: text[:40])
def test_what_is_said(text: str) -> None:
    expected = SAYINGS[text]
    if expected is not None:
        assert problem(text).message == expected


def test_frames_lead_through_includes() -> None:
    found = problem("a\n{% include 'bad.md' %}\n")
    assert found.frames == (Frame("agents/a.md", 2), Frame("partials/bad.md", 2))


def test_a_cycle_is_shown_once() -> None:
    assert len(problem("{% include 'self.md' %}").frames) < 4


def test_strict_and_lenient() -> None:
    assert problem("{% if nope %}{% endif %}", Undefined.STRICT).rule == "undefined-variable"
    lenient = Engine(setup(Undefined.LENIENT), fetch)
    assert lenient.perform(job("[{{ a.b.c }}{{ schema.nothing }}{{ [a] }}]")).body == "[[]]"


def test_values_come_before_the_body_and_after_each_other() -> None:
    values = (
        (("name",), "{{ target }}"),
        (("tools",), "{{ agent.name }}, x"),
        (("deep", "list", 0), "{{ nope }}"),
    )
    outcome = Engine(setup(), fetch).perform(job("{{ agent.tools }}", values=values))
    assert outcome.values == ("markdown", "markdown, x", "")
    assert outcome.body == "['markdown', 'x']"
    assert outcome.problems[0].frames == (Frame("agents/a.md#2", 1, 2),)


def test_tasks() -> None:
    engine = Engine(setup(), fetch)
    text = "{{ nope }}{% if false %}{{ schema.project.nmae }}{% endif %}"
    assert engine.perform(job(text, task=Task.COMPILE)).problems == ()
    assert len(engine.perform(job(text, task=Task.RENDER)).problems) == 1
    linted = engine.perform(job(text, task=Task.LINT)).problems
    assert [each.word for each in linted] == ["nope", ".nmae"]
    deep = "{{ x" + ".a" * 3000 + " }}{{ 1 " + "+ 1" * 3000 + " }}"
    assert len(engine.perform(job(deep, task=Task.LINT)).problems) == 1
    broken = engine.perform(job("{% if %}", task=Task.LINT)).problems
    assert len(broken) == 1


def test_setup_and_jobs_cross_the_border_unchanged() -> None:
    values = ((("a", 0), "{{ x }}"),)
    sent = job("x", values=values, task=Task.LINT)
    inbox = Inbox()
    inbox._data += message_bytes(asdict(setup())) + message_bytes(asdict(sent))
    first, second = inbox.messages()
    assert read_setup(first) == setup()
    assert read_job(second) == sent


def test_a_worker_serves_until_its_stream_ends() -> None:
    request_end, job_end = os.pipe()
    answer_end, outcome_end = os.pipe()
    jobs, answers = os.fdopen(request_end, "rb"), os.fdopen(outcome_end, "wb")
    thread = threading.Thread(target=serve, args=(jobs, answers, setup(), lambda _seconds: None))
    thread.start()
    with os.fdopen(job_end, "wb") as to_worker, os.fdopen(answer_end, "rb") as from_worker:
        to_worker.write(message_bytes(asdict(job("{% include 'p.md' %}{% include 'q.md' %}"))))
        to_worker.flush()
        assert receive(from_worker) == {"find": ["p.md", "agents/a.md"]}
        to_worker.write(message_bytes(["partials/p.md", INCLUDES["partials/p.md"]]))
        to_worker.flush()
        assert receive(from_worker) == {"find": ["q.md", "agents/a.md"]}
        to_worker.write(message_bytes(None))
        to_worker.flush()
        assert receive(from_worker)["problems"][0]["message"] == "there is no template `q.md`"
        links = job("[a](b.md)", task=Task.LINKS)
        to_worker.write(message_bytes(asdict(links)))
        to_worker.flush()
        assert receive(from_worker)["links"] == [[4, 8]]
        to_worker.close()
        thread.join(10)
    assert not thread.is_alive()
    answers.close()
    jobs.close()


def test_half_a_message_is_none() -> None:
    assert receive(io.BytesIO(b"\0\0")) is None
    assert receive(io.BytesIO(b"\0\0\0\5ab")) is None
    inbox = Inbox()
    inbox._data += b"\0\0\0\5ab"
    assert list(inbox.messages()) == []
    inbox._data[:] = b"\xff\xff\xff\xff"
    with pytest.raises(ValueError, match="a message of 4294967295 bytes"):
        list(inbox.messages())
