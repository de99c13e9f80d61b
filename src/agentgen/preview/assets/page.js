// The preview page. All text from the project goes into the page as text; the one piece of HTML is
// what the server's Markdown renderer made, which passes raw HTML on as text.

const TABS = ["rendered", "raw", "diff", "source"];
const MOST_LINES = 5000;
const TYPING_PAUSE = 120; // milliseconds

const place = new URLSearchParams(location.hash.slice(1));
const token = place.get("token") ?? "";
const policy = window.trustedTypes?.createPolicy("agentgen", { createHTML: (text) => text });

const state = {
  project: null,
  counts: {},
  item: place.get("agent"),
  target: place.get("target"),
  tab: TABS.includes(place.get("tab")) ? place.get("tab") : "rendered",
  edited: null,
  view: null,
};

const $ = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((each) => each !== null));
  return made;
}

// ---- talking to the server

async function ask(path, body) {
  const options = { headers: { "X-Agentgen-Token": token } };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Refused(answer.status);
  return answer;
}

class Refused extends Error {
  constructor(status) {
    super(`refused: ${status}`);
    this.status = status;
  }
}

async function listen() {
  for (;;) {
    try {
      const answer = await ask("/events");
      showLive("on", "live");
      await readLines(answer.body);
      throw new Error("ended");
    } catch (error) {
      if (error instanceof Refused && error.status === 403) {
        showLive("off", "not allowed: open the link that agentgen printed");
        return;
      }
      showLive("off", "agentgen has ended");
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

async function readLines(body) {
  let rest = "";
  for await (const piece of pieces(body.pipeThrough(new TextDecoderStream()).getReader())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) hear(JSON.parse(line));
  }
}

async function* pieces(reader) {
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function hear(message) {
  if (message.counts) {
    state.counts = message.counts;
    showItems();
  }
  if (message.project) {
    state.project = message.project;
    showProject();
    look();
  }
}

let asked = 0;

async function look() {
  const number = ++asked;
  if (!state.item) return show(null);
  const question = { item: state.item, target: state.target, schema: state.edited };
  try {
    const view = await (await ask("/look", question)).json();
    if (number === asked) show(view);
  } catch (error) {
    if (number === asked && error instanceof Refused) notice(`agentgen: ${error.message}`, true);
  }
}

// ---- what is shown

function showLive(kind, text) {
  $("live").className = kind;
  $("live").textContent = text;
}

function showProject() {
  const { items, targets, schema } = state.project;
  if (!items.some((item) => item.id === state.item)) {
    const named = items.find((item) => item.name === state.item);
    state.item = (named ?? items[0])?.id ?? null;
  }
  if (!targets.includes(state.target)) state.target = state.project.target;
  $("target").replaceChildren(...targets.map((name) => element("option", { value: name }, name)));
  $("target").value = state.target;
  $("schema-name").textContent = schema.name ?? "this project has no schema yet";
  if (state.edited === null) $("schema").value = schema.text;
  showItems();
}

function shownItems() {
  const words = $("filter").value.toLowerCase();
  return (state.project?.items ?? []).filter((item) => item.name.toLowerCase().includes(words));
}

function showItems() {
  const made = [];
  let kind = null;
  for (const item of shownItems()) {
    if (item.kind !== kind) made.push(element("h2", {}, item.kind === "agent" ? "Agents" : "Prompts"));
    kind = item.kind;
    const [errors, warnings] = state.counts[item.id] ?? [0, 0];
    made.push(
      element(
        "button",
        { type: "button", class: "item", "aria-current": item.id === state.item, title: item.id, onclick: () => choose(item.id) },
        element("span", {}, item.name),
        count(errors, "error"),
        count(warnings, "warning"),
      ),
    );
  }
  $("items").replaceChildren(...made);
}

function count(number, severity) {
  if (!number) return null;
  const label = `${number} ${severity}${number === 1 ? "" : "s"}`;
  return element("span", { class: `count ${severity}`, title: label, "aria-label": label }, String(number));
}

function show(view) {
  const isSame = view?.id === state.view?.id && view?.target === state.view?.target;
  const scroll = isSame ? $("panel").scrollTop : 0;
  state.view = view;
  remember();
  document.title = view ? `${view.name} – agentgen` : "agentgen preview";
  $("name").textContent = view?.name ?? "";
  $("figures").textContent = view?.figures ?? "";
  showNotice(view);
  showTabs();
  showPanel(view, isSame);
  showDiagnostics(view);
  showSchemaProblems(view);
  $("panel").scrollTop = scroll;
}

function showNotice(view) {
  const problem = state.project?.problems[0]?.message;
  if (!view) return notice(problem ?? "there is no agent here", true);
  if (view.text === null) return notice("this cannot be rendered; what is wrong stands below", true);
  notice(state.edited === null ? "" : "rendered with the schema as edited here, not as it is on disk");
}

function notice(text, isError = false) {
  $("notice").hidden = !text;
  $("notice").textContent = text;
  $("notice").className = isError ? "error" : "";
}

function showTabs() {
  for (const tab of TABS) {
    const button = $(`tab-${tab}`);
    button.setAttribute("aria-selected", tab === state.tab);
    button.tabIndex = tab === state.tab ? 0 : -1;
  }
  $("panel").setAttribute("aria-labelledby", `tab-${state.tab}`);
}

function showPanel(view, isSame) {
  const draw = { rendered, raw, diff, source }[state.tab];
  const before = isSame ? blocksShown() : null;
  $("panel").replaceChildren(...(view ? draw(view) : []));
  if (before?.size) {
    for (const block of document.querySelectorAll(".prose > *")) {
      if (!before.has(block.outerHTML)) block.classList.add("changed");
    }
  }
}

function blocksShown() {
  const blocks = [...document.querySelectorAll(".prose > *")];
  blocks.forEach((block) => block.removeAttribute("class"));
  return new Set(blocks.map((block) => block.outerHTML));
}

function rendered(view) {
  if (view.text === null) return [];
  const rows = view.rows.map(([key, value]) => element("tr", {}, element("th", {}, key), element("td", {}, value)));
  const matter = rows.length ? element("table", { class: "matter" }, element("tbody", {}, ...rows)) : null;
  if (view.html === null) return [element("pre", { class: "whole" }, view.text)];
  const prose = element("article", { class: "prose", onclick: follow });
  prose.innerHTML = policy ? policy.createHTML(view.html) : view.html;
  return [matter, prose].filter((each) => each);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || /^(https?:|mailto:)/i.test(link.getAttribute("href"))) return;
  event.preventDefault();
  const base = new URL(state.view.path, "http://library/");
  const path = decodeURIComponent(new URL(link.getAttribute("href"), base).pathname.slice(1));
  if (path in state.view.links) choose(state.view.links[path]);
}

function raw(view) {
  return view.text === null ? [] : [element("pre", { class: "whole" }, view.text)];
}

const DIFF_KINDS = { "+": "added", "-": "removed", "@": "place" };

function diff(view) {
  if (view.text === null) return [];
  if (view.diff === "") return [element("p", { class: "empty" }, `${view.on_disk} is the same`)];
  const lines = view.diff.split("\n").slice(0, MOST_LINES);
  return [element("div", { class: "lines" }, ...lines.map(diffLine))];
}

function diffLine(line) {
  const isHead = line.startsWith("+++ ") || line.startsWith("--- ");
  const kind = isHead ? "place" : DIFF_KINDS[line[0]] ?? "";
  return element("div", { class: `diff ${kind}` }, line);
}

function source(view) {
  const made = [];
  view.source.split("\n").slice(0, MOST_LINES).forEach((text, index) => {
    const here = view.diagnostics.filter((each) => each.path === view.source_path && each.line === index + 1);
    const severity = here.some((each) => each.severity === "error") ? "error" : here[0]?.severity;
    made.push(
      element(
        "div",
        { class: `row ${severity ?? ""}`, id: `line-${index + 1}` },
        element("span", { class: "number" }, String(index + 1)),
        element("span", { class: `mark ${severity ?? ""}` }, severity ? "▸" : ""),
        element("span", { class: "text" }, ...marked(text, here, index + 1)),
      ),
      ...here.map((each) =>
        element("div", { class: `aside ${each.severity}` }, each.message, each.help ? element("div", { class: "help" }, each.help) : null),
      ),
    );
  });
  return [element("div", { class: "lines" }, ...made)];
}

function marked(text, here, line) {
  const found = here.find((each) => each.column !== null);
  if (!found) return [text];
  const characters = Array.from(text);
  const end = found.end_line === line ? found.end_column - 1 : characters.length;
  const part = (from, to) => characters.slice(from, to).join("");
  return [part(0, found.column - 1), element("mark", {}, part(found.column - 1, end)), part(end)];
}

function showDiagnostics(view) {
  const found = view?.diagnostics ?? [];
  $("diagnostics").hidden = !found.length;
  $("diagnostics").replaceChildren(element("h2", {}, view?.summary ?? ""), ...found.map(diagnostic));
}

function diagnostic(each) {
  const where = [each.path, each.line, each.column].filter((part) => part !== null).join(":");
  return element(
    "button",
    { type: "button", class: `found ${each.severity}`, onclick: () => showLine(each) },
    element("span", { class: "where" }, where ? `${where} ` : ""),
    element("span", { class: "what" }, `${each.severity}[${each.rule}] `),
    each.message,
    each.help ? element("span", { class: "help" }, ` – ${each.help}`) : null,
  );
}

function showLine(each) {
  if (each.path !== state.view.source_path || !each.line) return;
  chooseTab("source");
  $(`line-${each.line}`)?.scrollIntoView({ block: "center" });
}

function showSchemaProblems(view) {
  $("schema-problems").replaceChildren(...(view?.schema_problems ?? []).map(diagnostic));
}

// ---- what a person does

function choose(id) {
  state.item = id;
  $("library").classList.remove("open");
  $("menu").setAttribute("aria-expanded", "false");
  showItems();
  look();
}

function chooseTab(tab) {
  state.tab = tab;
  showTabs();
  showPanel(state.view, false);
  $("panel").scrollTop = 0;
  remember();
}

function step(by) {
  const items = shownItems();
  const at = items.findIndex((item) => item.id === state.item);
  const next = items[Math.min(Math.max(at + by, 0), items.length - 1)];
  if (next) choose(next.id);
  document.querySelector('.item[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
}

function nextTarget() {
  const targets = state.project?.targets ?? [];
  state.target = targets[(targets.indexOf(state.target) + 1) % targets.length];
  $("target").value = state.target;
  look();
}

function toggle(button, panel, isOpen) {
  button.setAttribute("aria-expanded", isOpen);
  panel.hidden = !isOpen;
}

function toggleTrial() {
  toggle($("what-if"), $("trial"), $("trial").hidden);
  if (!$("trial").hidden) $("schema").focus();
}

let pause = 0;

function edit() {
  const text = $("schema").value;
  state.edited = text === state.project.schema.text ? null : text;
  $("reset").disabled = state.edited === null;
  $("schema").classList.toggle("edited", state.edited !== null);
  clearTimeout(pause);
  pause = setTimeout(look, TYPING_PAUSE);
}

function reset() {
  $("schema").value = state.project.schema.text;
  edit();
}

function remember() {
  const parts = { token, agent: state.item, tab: state.tab, target: state.target };
  const known = Object.entries(parts).filter(([, value]) => value);
  history.replaceState(null, "", `#${new URLSearchParams(known)}`);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  1: () => chooseTab("rendered"),
  2: () => chooseTab("raw"),
  3: () => chooseTab("diff"),
  4: () => chooseTab("source"),
  t: nextTarget,
  w: toggleTrial,
  "/": () => $("filter").focus(),
  "?": () => $("keys").showModal(),
};

function press(event) {
  const field = event.target.closest("input, textarea, select");
  if (event.key === "Escape" && field) return field.blur();
  if (field || event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.key.startsWith("Arrow") && !event.target.closest("nav")) return;
  if (Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
}

function pressInTabs(event) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const tab = TABS[(TABS.indexOf(state.tab) + by + TABS.length) % TABS.length];
  chooseTab(tab);
  $(`tab-${tab}`).focus();
}

for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => chooseTab(tab));
$("tabs").addEventListener("keydown", pressInTabs);
$("filter").addEventListener("input", showItems);
$("target").addEventListener("change", () => {
  state.target = $("target").value;
  look();
});
$("what-if").addEventListener("click", toggleTrial);
$("help").addEventListener("click", () => $("keys").showModal());
$("menu").addEventListener("click", () => {
  const isOpen = $("library").classList.toggle("open");
  $("menu").setAttribute("aria-expanded", isOpen);
});
$("schema").addEventListener("input", edit);
$("reset").addEventListener("click", reset);
document.addEventListener("keydown", press);
listen();
