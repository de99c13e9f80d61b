"""The preview page in a real browser, and its server as a foreign page would try it."""

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Request, expect, sync_playwright

from agentgen.preview.guard import HEADERS
from agentgen.preview.lane import Lane
from agentgen.preview.server import LARGEST_QUESTION, News, listen
from browser import find_browser
from conftest import COMMAND, DEADLINE_SECONDS, Agentgen

expect.set_options(timeout=DEADLINE_SECONDS * 1000)
Tree = Callable[[dict[str, str]], Path]
FRONT = "---\nname: {}\ndescription: Does {}\n---\n"
ALPHA = (
    FRONT.format("alpha", "this")
    + "# Alpha of {{ schema.project.name }}\n\nSee [the plan](../prompts/plan.md).\n"
)
PROJECT = {
    "agents/alpha.md": ALPHA,
    "agents/beta.md": FRONT.format("beta", "that")
    + "Beta{% if schema.project.nmae %}!{% endif %}.\n",
    "prompts/plan.md": "---\nname: plan\n---\nPlan first.\n",
    "schemas/project.yaml": "project:\n  name: tidecast\n",
}


@dataclass
class Preview:
    """A server that runs, with what it printed."""

    process: "subprocess.Popen[str]"
    link: str
    said: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return urlsplit(self.link).port or 0

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.link).fragment)["token"][0]

    def ask(
        self, method: str = "GET", path: str = "/", body: bytes = b"", /, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request as given: no header but those named, apart from a true `Host`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": f"127.0.0.1:{self.port}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        result = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return result

    def look(self, question: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
        sent = {"X_Agentgen_Token": self.token, "Content_Type": "application/json", **headers}
        return self.ask("POST", "/look", json.dumps(question).encode(), **sent)


@pytest.fixture(name="serve")
def _serve() -> Iterator[Callable[..., Preview]]:
    def serve(root: Path, *arguments: str) -> Preview:
        process = subprocess.Popen(
            [*COMMAND, "preview", "--web", *arguments],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.callback(kill, process)
        preview = Preview(process, first_line(process))
        started.callback(end, preview)
        return preview

    with ExitStack() as started:  # which ends all of them, whatever becomes of one
        yield serve


def first_line(process: "subprocess.Popen[str]") -> str:
    """Return what a process says first; one that says nothing for long is ended."""
    assert process.stdout is not None
    patience = threading.Timer(DEADLINE_SECONDS, process.kill)
    patience.start()
    try:
        return process.stdout.readline().strip()
    finally:
        patience.cancel()


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate(timeout=DEADLINE_SECONDS)


def end(preview: Preview) -> str:
    """End a server as a person does, and return what it said on stderr."""
    if preview.process.poll() is None:
        preview.process.send_signal(signal.SIGINT)
    _, said = preview.process.communicate(timeout=DEADLINE_SECONDS)
    assert preview.process.returncode == 0, said
    assert "Traceback" not in said
    return said


@pytest.fixture(name="chromium", scope="module")
def _chromium() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        if os.environ.get("AGENTGEN_NEED_BROWSER") == "1":
            pytest.fail("there is no browser: see tests/browser.py")
        pytest.skip("there is no browser: `make .venv/installed-browser` fetches one")
    with sync_playwright() as playwright:
        patience = DEADLINE_SECONDS * 1000
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=patience
        )
        yield browser
        browser.close()


@pytest.fixture(name="page")
def _page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(DEADLINE_SECONDS * 1000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def test_it_shows_agents_as_they_are_rendered(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    preview = serve(write_tree(PROJECT))
    page.goto(preview.link)
    expect(page.locator("#panel h1")).to_have_text("Alpha of tidecast")
    expect(page.locator(".matter")).to_contain_text("Does this")
    expect(page.locator("#figures")).to_contain_text("tokens")
    expect(page.locator(".item")).to_have_text(["alpha", "beta1", "plan"])
    expect(page).to_have_title("alpha – agentgen")
    page.get_by_role("link", name="the plan").click()
    expect(page.locator("#panel")).to_contain_text("Plan first.")


def test_an_agent_that_is_named_is_the_first(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    page.goto(serve(write_tree(PROJECT), "beta").link)
    expect(page.locator("#name")).to_have_text("beta")


@pytest.mark.parametrize("word", ["agents/beta.md", "bet*"])
def test_it_may_be_named_by_a_path_or_a_glob(
    word: str, serve: Callable[..., Preview], write_tree: Tree
) -> None:
    preview = serve(write_tree(PROJECT), word)
    assert parse_qs(urlsplit(preview.link).fragment)["agent"] == ["agents/beta.md"]


def test_an_agent_in_another_folder_brings_those_beside_it(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    files = {f"others/a b&{n}.md": FRONT.format(n, n) + f"This is {n}.\n" for n in "123"}
    page.goto(serve(write_tree({**PROJECT, **files}), "others/a b&2.md").link)
    expect(page.locator("#panel")).to_contain_text("This is 2.")
    expect(page.locator(".item > :first-child")).to_have_text(["1", "2", "3", "plan"])


def test_a_name_that_is_misspelt(agentgen: Agentgen, write_tree: Tree) -> None:
    write_tree(PROJECT)
    run = agentgen("preview", "--web", "alhpa")
    assert (run.code, run.stdout) == (2, "")
    assert "help: did you mean `alpha`?" in run.stderr


def test_what_is_saved_appears(serve: Callable[..., Preview], write_tree: Tree, page: Page) -> None:
    root = write_tree(PROJECT)
    page.goto(serve(root).link)
    expect(page.locator("#panel h1")).to_have_text("Alpha of tidecast")
    (root / "agents/alpha.md").write_text(ALPHA.replace("# Alpha", "# Omega"))
    expect(page.locator("#panel h1")).to_have_text("Omega of tidecast")
    (root / "schemas/project.yaml").write_text("project:\n  name: harbor\n")
    expect(page.locator("#panel h1")).to_have_text("Omega of harbor")
    (root / "agents/gamma.md").write_text(FRONT.format("gamma", "more") + "Gamma.\n")
    expect(page.locator(".item").nth(2)).to_have_text("gamma")
    (root / "agents/alpha.md").unlink()
    expect(page.locator("#name")).to_have_text("beta")


def test_a_mistake_is_shown_and_the_page_lives_on(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    root = write_tree(PROJECT)
    page.goto(serve(root).link)
    expect(page.locator("#panel h1")).to_be_visible()
    (root / "agents/alpha.md").write_text(ALPHA.replace("project.name", "project.nmae"))
    expect(page.locator("#notice")).to_contain_text("cannot be rendered")
    expect(page.locator("#diagnostics")).to_contain_text("did you mean schema.project.name?")
    expect(page.locator(".item").first).to_have_text("alpha1")
    page.locator(".found").click()
    expect(page.locator("#tab-source")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#line-5 mark")).to_have_text("nmae")
    expect(page.locator("#line-5 + .aside")).to_contain_text("is not in the project schema")
    (root / "agents/alpha.md").write_text("---\nname: [\n---\n")
    expect(page.locator("#diagnostics")).to_contain_text("invalid-yaml")
    expect(page.locator("#line-2")).to_contain_text("name: [")
    (root / "agentgen.toml").write_text("output = 1")
    expect(page.locator("#diagnostics")).to_contain_text("the setting output must be text")
    (root / "agentgen.toml").unlink()
    (root / "agents/alpha.md").write_text(ALPHA)
    page.keyboard.press("1")
    expect(page.locator("#panel h1")).to_have_text("Alpha of tidecast")


def test_what_if_the_schema_were_another(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    root = write_tree(PROJECT)
    page.goto(serve(root).link)
    page.keyboard.press("w")
    expect(page.locator("#schema")).to_have_value(PROJECT["schemas/project.yaml"])
    page.fill("#schema", "project:\n  name: harbor\n")
    expect(page.locator("#panel h1")).to_have_text("Alpha of harbor")
    expect(page.locator("#notice")).to_contain_text("not as it is on disk")
    page.fill("#schema", "project: [")
    expect(page.locator("#schema-problems")).to_contain_text("the schema as edited:1")
    expect(page.locator("#notice")).to_contain_text("rendered with the one on disk")
    expect(page.locator("#panel h1")).to_have_text("Alpha of tidecast")
    page.locator("#schema-problems button").click()
    expect(page.locator("#schema")).to_be_focused()
    page.fill("#schema", "project:\n  name: quay\nlangauges: []\n")
    expect(page.locator("#panel h1")).to_have_text("Alpha of quay")
    expect(page.locator("#schema-problems")).to_contain_text("did you mean languages?")
    page.click("#reset")
    expect(page.locator("#panel h1")).to_have_text("Alpha of tidecast")
    expect(page.locator("#notice")).to_be_hidden()
    assert (root / "schemas/project.yaml").read_text() == PROJECT["schemas/project.yaml"]
    assert not (root / "build").exists()


def test_a_schema_that_is_broken_on_disk_can_be_mended_in_the_panel(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    page.goto(serve(write_tree({**PROJECT, "schemas/project.yaml": "project: [\n"})).link)
    expect(page.locator("#diagnostics")).to_contain_text("schemas/project.yaml:")
    page.keyboard.press("w")
    page.fill("#schema", "project:\n  name: harbor\n")
    expect(page.locator("#panel h1")).to_have_text("Alpha of harbor")
    expect(page.locator("#diagnostics")).to_be_hidden()


def test_what_was_chosen_is_shown_again_once_it_is_there_again(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    root = write_tree(PROJECT)
    page.goto(serve(root).link)
    page.locator(".item").nth(1).click()
    expect(page.locator("#name")).to_have_text("beta")
    (root / "agentgen.toml").write_text("output = [")
    expect(page.locator("#notice")).to_contain_text("there is no agent to show")
    expect(page.locator("#diagnostics")).to_contain_text("agentgen.toml:1")
    (root / "agentgen.toml").write_text('targets = ["claude"]\n')
    expect(page.locator("#name")).to_have_text("beta")
    expect(page.locator("#target")).to_have_value("claude")
    (root / "agents/beta.md").unlink()
    expect(page.locator("#name")).to_have_text("alpha")
    (root / "agents/beta.md").write_text(PROJECT["agents/beta.md"])
    expect(page.locator("#name")).to_have_text("beta")


def test_each_mistake_of_a_line_is_marked(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    text = "---\nname: a\ndescription: b\ntools: [fly, read, swim]\n---\nText.\n"
    page.goto(serve(write_tree({**PROJECT, "agents/a.md": text})).link)
    page.keyboard.press("4")
    expect(page.locator("#line-4 mark")).to_have_text(["fly", "swim"])
    expect(page.locator("#line-4 + .aside")).to_contain_text("unknown-tool")


def test_the_list_is_worked_by_keyboard(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    root = write_tree(PROJECT)
    page.goto(serve(root).link)
    expect(page.locator(".item")).to_have_text(["alpha", "beta1", "plan"])
    page.keyboard.press("/")
    page.keyboard.type("pl")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_have_text("plan")
    page.fill("#filter", "zzz")
    expect(page.locator("#items")).to_have_text("nothing has such a name")
    page.fill("#filter", "")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".item").nth(0)).to_be_focused()
    page.locator(".item").nth(2).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".item").nth(1)).to_be_focused()
    expect(page.locator("#name")).to_have_text("beta")
    (root / "agents/gamma.md").write_text(FRONT.format("gamma", "more") + "Gamma.\n")
    expect(page.locator(".item")).to_have_count(4)
    expect(page.locator(".item").nth(1)).to_be_focused()
    page.keyboard.press("w")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#trial")).to_be_hidden()
    expect(page.locator("#what-if")).to_be_focused()


def test_a_page_stays_where_it_was_read(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    long = ALPHA + "More.\n\n" * 300
    root = write_tree({**PROJECT, "agents/alpha.md": long})
    page.goto(serve(root).link)
    expect(page.locator("#panel h1")).to_be_visible()
    page.evaluate("document.getElementById('panel').scrollTop = 500")
    (root / "agents/alpha.md").write_text(long + "The end.\n")
    expect(page.locator("#panel")).to_contain_text("The end.")
    page.keyboard.press("2")
    expect(page.locator("#panel pre")).to_contain_text("The end.")
    assert page.evaluate("document.getElementById('panel').scrollTop") == 0
    page.keyboard.press("1")
    assert page.evaluate("document.getElementById('panel').scrollTop") == 500


FAINT = """() => {
    const numbers = text => text.match(/[\\d.]+/g).map(Number);
    const part = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = text => {
        const [red, green, blue] = numbers(text).map(value => part(value / 255));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = element => {
        const color = getComputedStyle(element).backgroundColor;
        return numbers(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    const texts = [...document.querySelectorAll("body *")].filter(each =>
        each.checkVisibility() && !each.matches(":disabled, option") &&
        [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    return [texts.length, texts.filter(each => {
        const both = [light(getComputedStyle(each).color), light(behind(each))];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05) < 4.5;
    }).map(each => each.outerHTML)];
}"""
"""How many pieces of text are seen, and which of them have a contrast below that of WCAG's AA."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out(
    scheme: Literal["light", "dark"], serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    text = ALPHA.replace("alpha", "alpha\ntools: [fly]") + "[x](nowhere.md) `code`\n\n> Quoted\n"
    root = write_tree(
        {**PROJECT, "agents/alpha.md": text + "{% if schema.project.nmae %}{% endif %}\n"}
    )
    page.emulate_media(color_scheme=scheme)
    page.goto(serve(root).link)
    expect(page.locator(".count")).to_have_count(3)
    expect(page.locator("#diagnostics .error")).to_be_visible()
    page.keyboard.press("w")
    page.fill("#schema", "project:\n  name: harbor\nlangauges: []\n")
    expect(page.locator("#schema-problems .warning")).to_be_visible()
    page.keyboard.press("Escape")
    for tab in "1234":
        page.keyboard.press(tab)
        seen, faint = page.evaluate(FAINT)
        assert seen > 30
        assert faint == []


def test_a_page_that_does_not_listen_is_not_told_everything_later() -> None:
    async def tell() -> list[dict[str, object]]:
        news = News()
        for number in range(3):
            news.tell({"project": number})
        news.tell({"counts": {}})
        heard = [await news.next()]
        news.tell({"counts": 1})
        return [*heard, await news.next()]

    heard = Lane().do(lambda: asyncio.run(tell()))  # the browser has a loop in this thread
    assert heard.result(DEADLINE_SECONDS) == [{"project": 2, "counts": {}}, {"counts": 1}]


def test_tabs_targets_and_keys(
    serve: Callable[..., Preview], write_tree: Tree, page: Page, agentgen: Agentgen
) -> None:
    root = write_tree(PROJECT)
    agentgen("render")
    page.goto(serve(root).link)
    expect(page.locator("#panel h1")).to_be_visible()
    page.get_by_role("tab", name="Raw").click()
    expect(page.locator("#panel pre")).to_have_text((root / "build/agents/alpha.md").read_text())
    page.keyboard.press("3")
    expect(page.locator("#panel")).to_have_text("build/agents/alpha.md is the same")
    (root / "agents/alpha.md").write_text(ALPHA + "One more.\n")
    expect(page.locator(".diff.added")).to_have_text("+One more.")
    page.keyboard.press("4")
    expect(page.locator("#line-5")).to_contain_text("{{ schema.project.name }}")
    page.keyboard.press("2")
    page.select_option("#target", "codex")
    expect(page.locator("#panel pre")).to_contain_text('name = "alpha"')
    page.keyboard.press("t")
    expect(page.locator("#target")).to_have_value("copilot")
    expect(page.locator("#panel pre")).to_contain_text("name: alpha")
    page.keyboard.press("1")
    page.keyboard.press("j")
    expect(page.locator("#name")).to_have_text("beta")
    page.keyboard.press("k")
    expect(page.locator("#name")).to_have_text("alpha")
    page.keyboard.press("/")
    page.keyboard.type("be")
    expect(page.locator(".item")).to_have_text(["beta1"])
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


HOSTILE = """\
# <img src=x onerror="hacked=1">

<script>hacked = 1</script>
<base href="http://evil.example/">
<img src="http://evil.example/pixel" onerror="hacked = 1">
<svg onload="hacked = 1"></svg> <iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>
<a href="javascript:hacked=1">raw</a> <form action="http://evil.example/"><button>send</button></form>

[one](javascript:hacked=1) [two](JaVaScRiPt:hacked=1) [three](data:text/html,<b>x</b>)
[four](<java&#10;script:hacked=1>) [five](vbscript:hacked) [six](file:///etc/passwd)
<javascript:hacked=1>
[seven](//evil.example/x) [eight](/look) [nine][ref]
![image](http://evil.example/image.png) ![data](data:image/png;base64,AAAA)

[ref]: javascript:hacked=1

```"><script>hacked=1</script>
</code></pre><script>hacked = 1</script>
```
| <script>hacked=1</script> | {{ schema.evil }} |
|---|---|
| `</td><script>hacked=1</script>` | **<b onclick="hacked=1">x</b>** |
"""


def test_a_hostile_agent_runs_nothing(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    evil = "<script>hacked=1</script><img src=x onerror=hacked=1>"
    root = write_tree(
        {
            "agents/alpha.md": f"---\nname: '{evil}'\n---\n{HOSTILE}{{{{ oops }}}}\n",
            "agents/beta.md": f"---\nname: beta\ndescription: '{evil}'\n---\n{HOSTILE}",
            "schemas/project.yaml": f"evil: '{evil}'\n",
        }
    )
    preview = serve(root)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(_host(request)))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    page.goto(preview.link)
    expect(page.locator("#name")).to_have_text(evil)
    page.keyboard.press("4")
    expect(page.locator("#panel")).to_contain_text("<base href")
    page.locator(".item").nth(1).click()
    for tab in ("1", "2", "3", "4", "1"):
        page.keyboard.press(tab)
        expect(page.locator("#panel")).to_contain_text("<base href")
    page.keyboard.press("w")
    page.fill("#schema", f'evil: "{evil.replace("1", "2")}"\n')
    expect(page.locator(".prose table")).to_contain_text("hacked=2")
    page.wait_for_timeout(300)
    inside = page.locator("#panel")
    assert inside.locator("script, base, iframe, img, svg, form, object, embed, style").count() == 0
    attributes = "els => els.flatMap(e => [...e.attributes].map(a => a.name))"
    assert not {
        name for name in inside.locator("*").evaluate_all(attributes) if name.startswith("on")
    }
    hrefs = inside.locator("a").evaluate_all("els => els.map(e => e.getAttribute('href'))")
    assert sorted(hrefs) == ["//evil.example/x", "/look"]
    inside.get_by_role("link", name="eight").click()
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.evaluate("document.baseURI").startswith(f"http://127.0.0.1:{preview.port}/")
    assert set(asked) == {f"127.0.0.1:{preview.port}"}


def _host(request: Request) -> str:
    return urlsplit(request.url).netloc


def test_the_policy_is_a_second_wall(
    serve: Callable[..., Preview], write_tree: Tree, chromium: Browser
) -> None:
    preview = serve(write_tree(PROJECT))
    page = chromium.new_page()
    page.goto(preview.link)
    expect(page.locator("#panel h1")).to_be_visible()
    for attempt in (
        "document.body.innerHTML = '<img src=x onerror=hacked=1>'",
        "document.createElement('img').setAttribute('onerror', 'hacked = 1')",
        "document.createElement('script').text = 'hacked = 1'",
        "trustedTypes.createPolicy('another', {})",
    ):
        with pytest.raises(Error):
            page.evaluate(f"() => {{ {attempt} }}")
    page.evaluate(
        """() => {
            const base = document.createElement('base');
            base.href = 'http://evil.example/';
            const image = document.createElement('img');
            image.src = 'http://127.0.0.1:9/x.png';
            image.addEventListener('load', () => { window.hacked = 1; });
            document.head.append(base, image);
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("typeof hacked") == "undefined"
    assert "evil" not in page.evaluate("document.baseURI")
    frame = chromium.new_page()
    frame.set_content(f'<iframe src="http://127.0.0.1:{preview.port}/"></iframe>')
    frame.wait_for_timeout(300)
    assert not any(each.query_selector("#tabs") for each in frame.frames)
    page.close()
    frame.close()


def test_foreign_requests_are_refused(serve: Callable[..., Preview], write_tree: Tree) -> None:
    preview = serve(write_tree(PROJECT))
    question = {"item": "agents/alpha.md", "target": "markdown", "schema": None}
    good = f"http://127.0.0.1:{preview.port}"
    status, _, body = preview.look(question, Origin=good, Sec_Fetch_Site="same-origin")
    assert status == 200
    assert json.loads(body)["text"].startswith("---\nname: alpha\n")
    assert preview.look(question, Host=f"localhost:{preview.port}")[0] == 200
    foreign = (
        {"Host": f"evil.example:{preview.port}"},
        {"Host": "127.0.0.1"},
        {"Host": f"127.0.0.1:{preview.port + 1}"},
        {"Host": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"https://127.0.0.1:{preview.port}"},
        {"Origin": f"http://localhost:{preview.port}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"X_Agentgen_Token": "wrong"},
        {"X_Agentgen_Token": ""},
        {"X_Agentgen_Token": "\xe9"},
    )
    for headers in foreign:
        status, answered, body = preview.look(question, **headers)
        assert status == 403, headers
        assert b"alpha" not in body
        assert HEADERS.items() <= {_titled(k): v for k, v in answered.items()}.items()
    for headers in foreign[:10]:
        assert preview.ask("GET", "/", **headers)[0] == 403
    assert preview.ask("GET", "/events")[0] == 403
    assert preview.ask("POST", "/look", b"{}")[0] == 403


def _titled(name: str) -> str:
    return next((each for each in HEADERS if each.lower() == name.lower()), name)


def test_odd_requests(serve: Callable[..., Preview], write_tree: Tree) -> None:
    preview = serve(write_tree({**PROJECT, "secret.md": "secret"}))
    token = {"X_Agentgen_Token": preview.token}
    typed = {**token, "Content_Type": "application/json"}
    good = {"item": "agents/alpha.md", "target": "markdown", "schema": None}
    bad: tuple[object, ...] = (
        [],
        {},
        {**good, "item": 1},
        {**good, "target": "nope"},
        {**good, "target": ["markdown"]},
        {**good, "schema": {}},
        {**good, "more": 1},
    )
    for question in bad:
        assert preview.look(question)[0] == 400
    for item in ("../secret.md", "/etc/passwd", "secret.md", "schemas/project.yaml", ""):
        assert preview.look({**good, "item": item})[0] == 404
    assert preview.ask("POST", "/look", b"[" * 100_000, **typed)[0] == 400
    assert preview.ask("POST", "/look", b"\xff", **typed)[0] == 400
    assert preview.ask("POST", "/look", b"x" * (LARGEST_QUESTION + 1), **typed)[0] == 400
    assert preview.ask("POST", "/look", b"{}", **token, Content_Type="text/plain")[0] == 400
    for method, path, status in (
        ("GET", "/look", 405),
        ("POST", "/", 405),
        ("GET", "/secret.md", 404),
        ("GET", "/../secret.md", 404),
        ("GET", "/page.js/../../secret.md", 404),
        ("GET", "/%2e%2e/secret.md", 404),
        ("GET", "//page.js", 404),
    ):
        answer = preview.ask(method, path, **token)
        assert answer[0] == status
        assert answer[1]["content-security-policy"] == HEADERS["Content-Security-Policy"]
    for path in ("/", "/page.js", "/page.css", "/icon.svg"):
        answer = preview.ask("GET", path)
        assert answer[0] == 200
        assert preview.token.encode() not in answer[2]
        assert {name.lower(): value for name, value in HEADERS.items()}.items() <= {
            name.lower(): value for name, value in answer[1].items()
        }.items()


def test_a_schema_that_takes_too_long_ends_and_the_page_goes_on(
    serve: Callable[..., Preview], write_tree: Tree
) -> None:
    loop = "{% for a in range(schema.n) %}{% for b in range(schema.n) %}{% endfor %}{% endfor %}"
    preview = serve(
        write_tree({**PROJECT, "agents/alpha.md": ALPHA + loop, "schemas/project.yaml": "n: 2\n"})
    )
    question = {"item": "agents/alpha.md", "target": "markdown", "schema": "n: 90000\n"}
    slow: list[tuple[int, dict[str, str], bytes]] = []
    thread = threading.Thread(target=lambda: slow.append(preview.look(question)))
    thread.start()
    assert preview.look({**question, "schema": None})[0] == 200
    thread.join()
    view = json.loads(slow[0][2])
    assert view["text"] is None
    assert view["diagnostics"][0]["rule"] == "time-limit"


def test_it_listens_on_this_machine_only() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken(write_tree: Tree, agentgen: Agentgen) -> None:
    write_tree(PROJECT)
    with listen(0) as listener:
        port = listener.getsockname()[1]
        run = agentgen("preview", "--web", "--port", str(port))
    assert run.code == 2
    assert run.stderr.startswith(f"error[invalid-option]: cannot use port {port}: address already")


def test_control_c_ends_it_while_a_page_is_open(
    serve: Callable[..., Preview], write_tree: Tree, page: Page
) -> None:
    preview = serve(write_tree(PROJECT))
    page.goto(preview.link)
    expect(page.locator("#live")).to_have_text("live")
    assert end(preview) == "the preview is for this machine only; Ctrl-C ends it\n"
    expect(page.locator("#live")).to_have_text("agentgen has ended")


def test_control_c_ends_it_whoever_is_still_there(
    serve: Callable[..., Preview], write_tree: Tree
) -> None:
    """One sends and does not end, one reads nothing, one waits for what takes long."""
    loop = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}"
    files = {f"agents/{n}.md": FRONT.format(n, n) for n in range(3000)}
    preview = serve(write_tree({**PROJECT, **files, "agents/alpha.md": ALPHA + loop}))
    head = f"Host: 127.0.0.1:{preview.port}\r\nX-Agentgen-Token: {preview.token}\r\n"
    typed = f"{head}Content-Type: application/json\r\nContent-Length:"
    question = json.dumps({"item": "agents/alpha.md", "target": "markdown", "schema": None})
    with ExitStack() as clients:
        for request in (
            f"POST /look HTTP/1.1\r\n{typed} 1000\r\n\r\n{{",
            f"POST /look HTTP/1.1\r\n{typed} {len(question)}\r\n\r\n{question}",
            *[f"GET /events HTTP/1.1\r\n{head}\r\n"] * 9,
        ):
            client = socket.create_connection(("127.0.0.1", preview.port))
            clients.enter_context(client).sendall(request.encode())
        assert preview.ask("GET", "/")[0] == 200
        assert end(preview) == "the preview is for this machine only; Ctrl-C ends it\n"


def test_without_its_parts(write_tree: Tree, agentgen: Agentgen) -> None:
    hidden = "import sys\nsys.modules['uvicorn'] = sys.modules['starlette'] = None\n"
    root = write_tree({**PROJECT, "x/sitecustomize.py": hidden})
    run = agentgen("preview", "--web", PYTHONPATH=str(root / "x"))
    assert run.code == 2
    assert "not installed, and needed by `--web`: `starlette`, `uvicorn`\n" in run.stderr
    assert "`pip install starlette uvicorn`" in run.stderr
