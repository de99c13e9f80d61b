"""The promises of docs/threat-model.md, each tested under its number."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2.filters import FILTERS

from agentgen.environment.sandbox import REFUSED_FILTERS
from agentgen.frozen import asdict
from agentgen.modes import Undefined, Whitespace
from agentgen.outcome import Job, Limits, Outcome, Problem, Setup
from agentgen.worker_process import resident_bytes
from agentgen.workers import Workers
from conftest import Agentgen, run_agentgen

Tree = Callable[[dict[str, str]], Path]
HEAD = "---\nname: {}\ndescription: d\n---\n"


def agent(body: str, name: str = "a") -> str:
    return HEAD.format(name) + body


def setup(limits: Limits | None = None, schema: dict[str, object] | None = None) -> Setup:
    return Setup(
        Undefined.GUARDED, Whitespace.TIDY, ("\ufdd0", "\ufdd1"), schema or {}, limits or Limits()
    )


def job(text: str, name: str = "agents/a.md") -> Job:
    return Job(name=name, text=text, target="markdown", agent={"name": "a"})


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(most=2) as started:
        yield started


def nothing(_name: str, _parent: str) -> None:
    return None


def outcome(workers: Workers, text: str, limits: Limits | None = None) -> Outcome:
    (found,) = workers.perform([job(text)], setup(limits), nothing)
    return found


# P1: no pack content runs code, reads a secret or the environment

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ agent.__class__ }}",
    "{{ agent.get.__self__.__class__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__['os'] }}",
    "{{ dict.mro() }}",
    "{{ '{0.__class__}'.format(agent) }}",
    "{{ '{0.__class__}'.format_map({'0': agent}) }}",
    "{{ ('{0.__cl' ~ 'ass__}').format(1) }}",
    "{{ agent | attr('__class__') }}",
    "{{ [agent] | map(attribute='__class__') | list }}",
    "{{ [agent] | map('attr', '__class__') | list }}",
    "{{ [agent] | groupby('__class__') | list }}",
    "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "{{ ['{0.__class__}'] | map('format', 1) | list }}{{ ''.format.__self__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__call__.__globals__ }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__.os.environ }}",
    "{{ config }}{{ request }}{{ environ }}{{ os }}",
    "{{ (x for x in []).gi_frame }}",
    "{{ nope.__init__.__globals__ }}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_p1_no_way_out_of_the_sandbox(text: str, workers: Workers) -> None:
    found = outcome(workers, text)
    assert found.problems, found.body
    assert found.problems[0].rule in {
        "unsafe-template",
        "undefined-variable",
        "invalid-template",
        "failing-template",
    }


def test_p1_values_are_never_templates(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree(
        {
            "agents/a.md": agent("{{ schema.project.description }}\n"),
            "schemas/project.yaml": "project: {description: '{{ 7 * 7 }} {% raw %}'}\n",
        }
    )
    assert agentgen("render").code == 0
    assert (root / "build/agents/a.md").read_text().endswith("{{ 7 * 7 }} {% raw %}\n")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_p1_the_worker_holds_nothing(write_tree: Tree) -> None:
    loop = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
    root = write_tree({"agents/a.md": agent(loop), "secret": "x"})
    command = [sys.executable, "-m", "agentgen", "render"]
    env = {**os.environ, "SECRET_TOKEN": "hunter2"}
    with subprocess.Popen(command, cwd=root, env=env, stderr=subprocess.PIPE) as process:
        worker = busy_child(process.pid)
        assert Path(f"/proc/{worker}/environ").read_bytes() == b""
        limits = Path(f"/proc/{worker}/limits").read_text()
        open_files = sorted(path.name for path in Path(f"/proc/{worker}/fd").iterdir())
        process.communicate()
    assert open_files == ["0", "1", "2"]
    assert "Max open files            0 " in limits
    assert "Max file size             0 " in limits
    assert f"Max address space         {512 * 1024 * 1024} " in limits


def busy_child(parent: int) -> int:
    """Return the child of a process that has limits of its own by now."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                is_child = entry.joinpath("stat").read_text().rsplit(") ", 1)[1].split()[1]
                limits = entry.joinpath("limits").read_text()
            except OSError:
                continue
            if is_child == str(parent) and "Max open files            0 " in limits:
                return int(entry.name)
        time.sleep(0.01)
    raise AssertionError("no worker is at work")


def test_p1_every_filter_works_where_nothing_can_be_opened(workers: Workers) -> None:
    for name in sorted(set(FILTERS) - set(REFUSED_FILTERS)):
        found = outcome(workers, "{{ 'some text' | " + name + " }}")
        for problem in found.problems:
            assert "OSError" not in problem.message
            assert "open files" not in problem.message
            assert "LookupError" not in problem.message


# P2: reads stay within the library, after links are followed


def test_p2_links_that_lead_out_are_refused(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": agent("x\n"), "agents/b.md": agent("y\n", "b")})
    (root / "agents/link.md").symlink_to("/etc/passwd")
    (root / "prompts").symlink_to("/etc")
    run = agentgen("render")
    assert run.code == 2
    assert run.stderr.splitlines()[:2] == [
        "agents/link.md: error[escaping-link]: this link leads out of the library",
        "prompts: error[escaping-link]: this link leads out of the library",
    ]
    assert not (root / "build").exists()


def test_p2_links_within_the_library_are_followed(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": agent("{{ target }}\n"), "prompts/p.md": "p\n"})
    (root / "prompts/q.md").symlink_to("p.md")
    assert agentgen("render").code == 0
    assert (root / "build/prompts/q.md").read_text() == "p\n"


@pytest.mark.parametrize("place", ["agents/x.md", "schemas/project.yaml", "agentgen.toml"])
def test_p2_only_regular_files_are_read(place: str, agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": agent("x\n")})
    (root / place).parent.mkdir(exist_ok=True)
    os.mkfifo(root / place)
    run = agentgen("render")
    if place == "agentgen.toml":
        assert run.code == 0  # no file, so no settings
    else:
        assert run.code == 2
        assert f"{place}: error[unreadable-file]: this is not a regular file" in run.stderr


def test_p2_a_file_has_a_size(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": agent("x\n")})
    with (root / "agents/big.md").open("wb") as file:
        file.truncate(3 * 1024 * 1024 * 1024)
    run = agentgen("render")
    assert run.code == 2
    assert "agents/big.md: error[unreadable-file]: this file is larger than 1 MiB" in run.stderr


# P4: every run ends

BOMBS = {
    "power": ("{{ 9 ** (9 ** 9) }}", "time-limit"),
    "loops": (
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "time-limit",
    ),
    "long range": ("{% for a in range(10 ** 12) %}{% endfor %}", "failing-template"),
    "repeated text": ("{{ 'a' * 10 ** 10 }}", "memory-limit"),
    "centred text": ("{{ 'a'.center(10 ** 10) }}", "memory-limit"),
    "formatted text": ("{{ '%3000000000d' % 1 }}", "memory-limit"),
    "doubled text": (
        (
            "{% set n = namespace(t='a') %}"
            "{% for i in range(60) %}{% set n.t = n.t ~ n.t %}{% endfor %}"
        ),
        "memory-limit",
    ),
    "slices": ("{{ 'abc' | slice(10 ** 9) | list | length }}", "memory-limit"),
    "captured output": (
        "{% set t %}{% for i in range(100000) %}{{ 'a' * 100000 }}{% endfor %}{% endset %}",
        "memory-limit",
    ),
    "output": ("{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}", "output-limit"),
    "parentheses": ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "invalid-template"),
    "terms": ("{{ 1 " + "+ 1 " * 5000 + "}}", "invalid-template"),
    "conditions": ("{% if 1 %}" * 200 + "{% endif %}" * 200, "invalid-template"),
    "loops in loops": ("{% for a in [1] %}" * 30 + "{% endfor %}" * 30, "invalid-template"),
    "macro": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "include-cycle"),
    "digits": ("{{ " + "9" * 5000 + " }}", "failing-template"),
}


def test_p4_what_is_never_printed_is_never_worked_out(workers: Workers) -> None:
    found = outcome(workers, "{% if false %}{{ 9 ** (9 ** 9) }}{% endif %}fine", Limits(time=0.5))
    assert (found.body, found.problems) == ("fine", ())


@pytest.mark.parametrize("bomb", BOMBS)
def test_p4_every_bomb_ends(bomb: str, workers: Workers) -> None:
    text, rule = BOMBS[bomb]
    found = outcome(workers, text, Limits(time=0.5, memory=256))
    (problem,) = found.problems
    assert problem.rule in (rule, "time-limit")
    if problem.rule == "time-limit":
        assert problem.message == "rendering takes more than 0.5 seconds of processor time"


def test_p4_the_others_are_rendered(workers: Workers) -> None:
    bombs = [BOMBS["power"][0], BOMBS["repeated text"][0], BOMBS["output"][0]]
    texts = [text for bomb in bombs for text in ("before", bomb, "after")]
    limits = Limits(time=0.3, memory=256)
    found = workers.perform([job(text) for text in texts], setup(limits), nothing)
    assert [each.body for each in found] == ["before", "", "after"] * 3
    assert [each.problems[0].rule for each in found[1::3]] == [
        "time-limit",
        "memory-limit",
        "output-limit",
    ]


def test_p4_of_many_jobs_only_the_bombs_are_to_blame(workers: Workers) -> None:
    texts = [f"text {number}" for number in range(120)]
    bombs = {20: "time-limit", 21: "time-limit", 90: "memory-limit", 119: "time-limit"}
    for number, rule in bombs.items():
        name = "power" if rule == "time-limit" else "repeated text"
        texts[number] = BOMBS[name][0]
    limits = Limits(time=0.3, memory=256)
    found = workers.perform([job(text) for text in texts], setup(limits), nothing)
    for number, each in enumerate(found):
        if number in bombs:
            assert each.problems[0].rule == bombs[number]
        else:
            assert each == Outcome(body=f"text {number}")


def test_p4_what_was_done_before_its_worker_was_ended_is_not_to_blame() -> None:
    with Workers(most=1) as workers:
        (worker,) = workers._idle
        outcomes = workers.stream([job("x"), job("y"), job("z")], 3, setup(), nothing)
        first = next(outcomes)
        worker.doom = 0, Problem("time-limit", "too late: it is done")
        worker.process.kill()
        found = dict([first, *outcomes])
    assert [found[number].body for number in range(3)] == ["x", "y", "z"]


def test_p4_a_worker_that_says_more_than_it_was_asked_is_ended() -> None:
    with Workers(most=1) as workers:
        assert outcome(workers, "x").body == "x"
        (worker,) = workers._idle
        answer = json.dumps(asdict(Outcome(body="hello"))).encode()
        worker.inbox._data += 2 * (len(answer).to_bytes(4, "big") + answer)
        found = workers.perform([job("y")], setup(), nothing)
        assert worker not in (*workers._idle, *workers._busy)
        assert [each.body for each in found] == ["hello"]
        assert outcome(workers, "x").body == "x"


def test_p4_a_template_that_waits_is_ended_by_the_clock() -> None:
    # A stopped process uses no processor time; nothing that a template can do stops it like that.
    with Workers(most=1) as workers:
        (worker,) = workers._idle
        os.kill(worker.process.pid, signal.SIGSTOP)
        (found,) = workers.perform([job("x")], setup(Limits(time=0.05)), nothing)
        assert found.problems[0].rule == "time-limit"
        assert found.problems[0].message == (
            "rendering was not done in time, though it hardly used the processor"
        )
        assert outcome(workers, "x").body == "x"


def test_p4_memory_is_watched_where_the_system_does_not() -> None:
    with Workers(most=1, watch_memory=True) as workers:
        slow = (
            "{% set n = namespace(t=['a']) %}"
            "{% for i in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}"
        )
        (found,) = workers.perform([job(slow)], setup(Limits(time=5, memory=100)), nothing)
        assert found.problems[0].rule == "memory-limit"
        assert outcome(workers, "x").body == "x"
    assert resident_bytes(os.getpid()) > 1024 * 1024
    assert resident_bytes(2**22 + 1) == 0


def test_p4_partials_that_double(agentgen: Agentgen, write_tree: Tree) -> None:
    files = {
        f"partials/p{n}.md": f"{{% include 'p{n + 1}.md' %}}{{% include 'p{n + 1}.md' %}}\n"
        for n in range(31)
    }
    write_tree({**files, "partials/p31.md": "x", "agents/a.md": agent("{% include 'p0.md' %}\n")})
    run = agentgen("render", "--limit", "time=0.5")
    assert run.code == 2
    assert "error[time-limit]" in run.stderr or "error[output-limit]" in run.stderr


# P5: one bad agent, and nothing is changed


def test_p5_all_or_nothing(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree(
        {
            "agents/a.md": agent("new\n"),
            "agents/b.md": agent("{{ 'a' * 10 ** 10 }}\n", "b"),
            "agents/c.md": agent("{{ nope }}\n", "c"),
            "build/agents/a.md": "old\n",
        }
    )
    run = agentgen("render")
    assert run.code == 2
    assert "agents/b.md:5: error[memory-limit]" in run.stderr
    assert "agents/c.md:5:4: error[undefined-variable]" in run.stderr
    assert [path.name for path in root.glob("build/**/*.md")] == ["a.md"]
    assert (root / "build/agents/a.md").read_text() == "old\n"


# P10: same input, same bytes


def test_p10_same_bytes_everywhere(tmp_path: Path) -> None:
    body = (
        "{{ schema }} {{ agent }} {% for k in schema %}{{ k }} {% endfor %}"
        "{{ {'b': 1, 'a': 2} | tojson }} {{ ['b', 'a'] | unique | list }}\n"
    )
    results = set()
    for number, environment in enumerate(
        (
            {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
            {"PYTHONHASHSEED": "2", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        )
    ):
        root = tmp_path / str(number)
        (root / "agents").mkdir(parents=True)
        for name in ("ab", "ba")[number]:
            (root / f"agents/{name}.md").write_text(agent(body, name))
        assert run_agentgen("render", cwd=root, **environment).code == 0
        built = sorted(root.glob("build/**/*.md"))
        results.add(tuple(path.read_bytes() for path in built))
    assert len(results) == 1


@pytest.mark.parametrize("text", ["{{ range }}", "{{ [agent.get] }}", "{{ {'a': self} }}"])
def test_p10_objects_are_not_printed(text: str, workers: Workers) -> None:
    assert outcome(workers, text).problems[0].rule == "unprintable-value"


# P11: no hidden character passes in silence

HIDDEN = {
    "bidi override": "\u202e",
    "bidi isolate": "\u2066",
    "tag": "\U000e0041",
    "supplementary selector": "\U000e0100",
    "run of selectors": "\ufe01\ufe02",
    "escape": "\x1b",
    "c1": "\x9b",
    "zero width space": "\u200b",
    "joiner in a word": "\u200d",
    "byte order mark": "\ufeff",
    "line separator": "\u2028",
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_p11_hidden_characters_are_errors(kind: str, agentgen: Agentgen, write_tree: Tree) -> None:
    text = HIDDEN[kind]
    escape = "".join(f"\\U{ord(each):08x}" for each in text)
    write_tree(
        {
            "agents/a.md": agent(f"in the source a{text}b\n"),
            "agents/b.md": agent("{{ 'as an escape a" + escape + "b' }}\n", "b"),
        }
    )
    run = agentgen("render")
    assert run.code == 2
    assert run.stderr.count("agents/a.md:5:") == len(text)
    assert run.stderr.count("agents/b.md: error[hidden-character]") == len(text)
    assert text not in run.stderr


# P12: messages are inert


def test_p12_messages_are_inert(agentgen: Agentgen, write_tree: Tree) -> None:
    nasty = "\\x1b[2Jx\\u202e\\n::error::y"
    write_tree(
        {
            "agents/a.md": agent("{{ schema['" + nasty + "'] }}\n{% include '" + nasty + "' %}\n"),
            "agents/b.md": agent("{% include '" + nasty + "' %}\n", "b"),
            "agents/c.md": f'---\nname: "{nasty}"\n"{nasty}": 1\n"{nasty}": 2\n---\n',
            "agents/d.md": agent("{{ schema." + "n" * 2000 + " }}\n", "d"),
            "schemas/project.yaml": f'"langauge{nasty}": 1\nproject: {{name: ["{nasty}"]}}\n',
        }
    )
    for arguments in (("render",), ("render", "--set", "project.name=x"), ("list",)):
        run = agentgen(*arguments)
        shown = run.stderr + run.stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert not [line for line in shown.splitlines() if line.startswith("::")]
        assert max(map(len, shown.splitlines())) < 1000


# P13: front matter is strict, and a value cannot add a key


@pytest.mark.parametrize(
    "value", ["a\nhooks: evil", 'a"\nhooks: evil', "---\nhooks: evil", "\u2028b", "🚀 '\"\\ #: {"]
)
def test_p13_a_value_stays_a_value(value: str, agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree(
        {
            "agents/a.md": '---\nname: a\ndescription: "{{ schema.x }}"\nlast: 1\n---\nBody\n',
            "schemas/project.yaml": json.dumps({"x": value}, ensure_ascii=False).replace(
                "\u2028", "\\u2028"
            ),
        }
    )
    run = agentgen("render")
    if "\u2028" in value:
        assert "error[hidden-character]" in run.stderr
        return
    import yaml

    head = (root / "build/agents/a.md").read_text().split("\n---\n")[0]
    assert yaml.safe_load(head) == {"name": "a", "description": value, "last": 1}


# Found by attack, and mended


def test_p1_a_template_cannot_use_what_python_loads_late(workers: Workers) -> None:
    assert outcome(workers, "{% set größe = 1 %}{{ größe }}{{ '\\N{BULLET}' }}").body == "1•"
    (problem,) = outcome(workers, "{{ 'a'.encode('cp1250') }}").problems
    assert "/" not in problem.message


@pytest.mark.parametrize("place", ["agents", "prompts", "partials", "schemas"])
def test_p2_a_folder_that_is_a_link_out(place: str, agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree(
        {
            "project/agents/a.md": agent("{% include 's.md' ignore missing %}x\n"),
            "out/s.md": "secret\n",
            "out/project.yaml": "project: {name: secret}\n",
        }
    )
    if place == "agents":
        (root / "project/agents/a.md").unlink()
        (root / "project/agents").rmdir()
    (root / "project" / place).symlink_to(root / "out")
    run = agentgen("render", cwd=root / "project")
    assert run.code == 2
    assert "error[escaping-link]" in run.stderr
    assert not (root / "project/build").exists()


def test_p4_output_is_bounded_per_agent(agentgen: Agentgen, write_tree: Tree) -> None:
    values = "".join(f"v{n}: \"{{{{ 'x' * 1000000 }}}}\"\n" for n in range(5))
    root = write_tree({"agents/a.md": f"---\ndescription: d\n{values}---\nx\n"})
    run = agentgen("render")
    assert run.code == 2
    assert run.stderr.count("error[output-limit]") == 4 + 1  # the first value fits, x does not
    assert not (root / "build").exists()


def with_tool(value: str) -> str:
    return f'---\ndescription: d\ntools: ["{value}"]\n---\nx\n'


# What the main process seeks in a text itself, without a limit: were its time to grow with the
# square of the text's length, these would take hours.
LONG_WORDS = {
    "tool": with_tool(f"mcp__{'_' * 60_000}!"),
    "rendered tool": with_tool("{{ 'mcp__' ~ '_' * 999_000 ~ '!' }}"),
    "words in braces": agent("{{ a " + "b" * 999_000 + "\n"),
    "inputs": agent("{% for i in range(90000) %}${a{{ i }}} {% endfor %}\n"),
}


@pytest.mark.parametrize("word", LONG_WORDS)
def test_p4_what_is_sought_in_texts_takes_no_time(
    word: str, agentgen: Agentgen, write_tree: Tree
) -> None:
    write_tree({"agents/a.md": LONG_WORDS[word]})
    run = agentgen("lint", "-t", "claude", "-t", "gemini")
    assert run.code == 1
    assert len(run.stdout) < 50_000


def test_p4_links_are_looked_for_under_the_limits(agentgen: Agentgen, write_tree: Tree) -> None:
    flood = "![" * 100_000 + "\n\n[a](nowhere.md)\n"
    write_tree({"agents/a.md": agent(flood), "agents/b.md": agent("[c](d.md)\n", "b")})
    run = agentgen("render", "--limit", "time=0.5")
    assert run.code == 2
    assert "agents/a.md: error[time-limit]" in run.stderr
    assert "agents/b.md:5:5: warning[broken-link]" in run.stderr


SLOW_FOR_US = {
    "duplicate keys on one line": "---\nx: {" + "a: 1, " * 5_000 + "}\n---\n",
    "a line for the cure": "---\na: `x" + " " * 60_000 + "y\n---\n",
    "words in strings": HEAD.format("a") + "{{ [" + "'zz', " * 20_000 + "zz.zz] }}\n",
    "flags": HEAD.format("a") + "\U0001f3f4\U000e0067\U000e0062\U000e007f" * 20_000,
    "broken links": HEAD.format("a") + "{% for i in range(20000) %}[a](b{{ i }}.md)\n{% endfor %}",
    "a long name of an include": HEAD.format("a") + "{% include 'a/' * 10000000 %}",
    "many nodes": "---\nx: [" + "a," * 30_000 + "]\n---\n",
}


@pytest.mark.parametrize("case", SLOW_FOR_US)
def test_p4_what_is_read_outside_of_workers_is_bounded_too(
    case: str, agentgen: Agentgen, write_tree: Tree
) -> None:
    write_tree({"agents/a.md": SLOW_FOR_US[case]})
    start = time.process_time()
    run = agentgen("render")
    assert run.code in (0, 2)
    assert len(run.stderr) < 1_000_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize("answer", [b"5", b"[]", b"{}", b"[" * 100_000, b"no json", b'{"find": 3}'])
def test_p4_a_worker_that_talks_nonsense_is_replaced(answer: bytes) -> None:
    with Workers(most=1) as workers:
        (worker,) = workers._idle
        worker.inbox._data += len(answer).to_bytes(4, "big") + answer
        (found, other) = workers.perform([job("x"), job("y")], setup(), nothing)
    assert found.problems[0].message == "the process that rendered this made no sense"
    assert other.body == "y"


def test_p10_agents_do_not_see_each_other(agentgen: Agentgen, write_tree: Tree) -> None:
    count = (
        "{% set n = namespace(c=0) %}"
        "{% macro hit() %}{% set n.c = n.c + 1 %}{{ n.c }}{% endmacro %}"
    )
    use = "{% import '_count.md' as count %}{{ count.hit() }}{{ count.hit() }}\n"
    agents = {f"agents/a{n}.md": agent(use, f"a{n}") for n in range(12)}
    root = write_tree({"agents/_count.md": count, **agents})
    assert agentgen("render").code == 0
    assert {path.read_text()[-3:] for path in root.glob("build/**/*.md")} == {"12\n"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ agent.get ~ '' }}",
        "{{ agent.get | string }}",
        "{{ [agent.get] | join }}",
        "{{ '%s' % self }}",
    ],
)
def test_p10_objects_are_not_made_text(text: str, workers: Workers) -> None:
    assert outcome(workers, text).problems[0].rule == "unprintable-value"
    quoted = "<x at 0x123456> " + text  # an address that the author wrote hides no other
    assert outcome(workers, quoted).problems[0].rule == "unprintable-value"
    assert outcome(workers, "<x at 0x123456>").body == "<x at 0x123456>"


HIDDEN_IN_PLACES = {
    "front matter escape": '---\nname: a\ndescription: "\\u202eabc"\n---\nx\n',
    "front matter key": '---\nname: a\ndescription: b\n"\\u200b": 1\n---\nx\n',
    "value of a template": "---\nname: a\ndescription: \"{{ '\\\\x1b' }}\"\n---\nx\n",
    "zero width alone": HEAD.format("a") + "x\n\u200b\u200c\u200b\u200c\n",
    "between other letters": HEAD.format("a") + "é\u200b\u200b\u2060é\n",
    "selectors one by one": HEAD.format("a") + "a\ufe00b\ufe01\n",
    "filler": HEAD.format("a") + "a\u3164b\n",
    "tags in a flag": HEAD.format("a") + "\U0001f3f4\U000e0069\U000e0067\U000e006e\U000e007f\n",
}


@pytest.mark.parametrize("case", HIDDEN_IN_PLACES)
def test_p11_wherever_it_hides(case: str, agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/a.md": HIDDEN_IN_PLACES[case]})
    run = agentgen("render")
    assert run.code == 2
    assert "error[hidden-character]" in run.stderr


REAL_TEXT = [
    "👨‍👩‍👧‍👦 👩🏽‍💻 ❤️‍🔥 1️⃣ #️⃣ 🏳️‍🌈 🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ☎︎ ™️ ↔️",
    "می‌خواهم API‌ها",
    "(C++)\u200f שלום",
    "क्\u200d ष हिन्दी",
    "Donau\u00addampf",
    "葛\U000e0100城",
    "日本語 العربية ∩\ufe00",
]


@pytest.mark.parametrize("text", REAL_TEXT)
def test_p11_real_text_passes(text: str, agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/a.md": agent(f"{text}\n")})
    run = agentgen("render")
    assert run.stderr == "1 file written to build\n"


def test_p12_line_ends_in_values(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/a.md": '---\nname: a\ndescription: "x\\r\\n{{ 1 }}"\n---\nx\n'})
    assert agentgen("render").code == 0


def test_p3_a_prepared_output_folder(agentgen: Agentgen, write_tree: Tree) -> None:
    root = write_tree({"agents/a.md": agent("x\n"), "build/agents/a.md": "old\n"})
    (root / "build/agents/.agentgen-0123456789abcdef.tmp").mkdir()
    (root / "build/agents/a.md").chmod(0o6777)
    assert agentgen("render").code == 2
    assert agentgen("render", "--force").code == 0
    assert (root / "build/agents/a.md").stat().st_mode & 0o7000 == 0


def test_p12_a_path_of_a_setting_has_an_end(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree({"agents/a.md": agent("x\n")})
    run = agentgen("render", "--set", "a." * 1200 + "a=1")
    assert run.code == 2
    assert "Traceback" not in run.stderr
