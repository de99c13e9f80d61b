// The preview page. All text from the project goes into the page as text; the one piece of HTML is
// what the server's Markdown renderer made, which passes raw HTML on as text.

const TABS = ["rendered", "raw", "diff", "source"];
const MOST_LINES = 5000;
const TYPING_PAUSE = 120; // milliseconds

const place = new URLSearchParams(location.hash.slice(1));
const token = place.get("token") ?? "";
const policy = window.trustedTypes?.createPolicy("agentgen", { createHTML: (text) => text });

// `chosen` and `target` are what somebody wants to see, also while it is not there; `item` is shown.
const state = {
  project: null,
  counts: {},
  chosen: place.get("agent"),
  item: null,
  target: place.get("target"),
  tab: TABS.includes(place.get("tab")) ? place.get("tab") : "rendered",
  edited: null,
  view: null,
  scrolls: {},
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

// What stands in backticks is code, here as in Markdown.
function spoken(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

// New contents; what had the focus keeps it.
function fill(container, ...children) {
  const at = [...container.children].indexOf(document.activeElement);
  container.replaceChildren(...children);
  if (at >= 0) container.children[Math.min(at, children.length - 1)]?.focus({ preventScroll: true });
}

// ---- talking to the server

async function ask(path, body, signal) {
  const options = { headers: { "X-Agentgen-Token": token }, signal };
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

// A page that nobody looks at lets go: browsers open only a few connections to one server.
async function listen() {
  for (;;) {
    await seen();
    const unseen = new AbortController();
    const leave = () => document.hidden && unseen.abort();
    document.addEventListener("visibilitychange", leave);
    try {
      const answer = await ask("/events", undefined, unseen.signal);
      showLive("on", "live");
      await readLines(answer.body);
      throw new Error("ended");
    } catch (error) {
      if (unseen.signal.aborted) continue;
      if (error instanceof Refused && error.status === 403) {
        showLive("off", "not allowed: open the link that agentgen printed");
        return;
      }
      showLive("off", "agentgen has ended");
    } finally {
      document.removeEventListener("visibilitychange", leave);
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function seen() {
  return new Promise((done) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      done();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
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
  busy(Boolean(state.item));
  if (!state.item) return show(null);
  const question = { item: state.item, target: target(), schema: state.edited };
  try {
    const view = await (await ask("/look", question)).json();
    if (number === asked) show(view);
  } catch (error) {
    if (number === asked && error instanceof Refused) notice(`agentgen: ${error.message}`, true);
  }
  if (number === asked) busy(false);
}

function busy(isBusy) {
  document.querySelector("main").setAttribute("aria-busy", isBusy);
}

function target() {
  const { targets, target } = state.project;
  return targets.includes(state.target) ? state.target : target;
}

// ---- what is shown

function showLive(kind, text) {
  $("live").className = kind;
  $("live").textContent = text;
}

function showProject() {
  const { items, targets, schema } = state.project;
  const isChosen = (item) => item.id === state.chosen || item.name === state.chosen;
  state.item = (items.find(isChosen) ?? items[0])?.id ?? null;
  $("target").replaceChildren(...targets.map((name) => element("option", { value: name }, name)));
  $("target").value = target();
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
        { type: "button", class: "item", id: `item-${item.id}`, "aria-current": item.id === state.item, title: item.id, onclick: () => choose(item.id) },
        element("span", {}, item.name),
        count(errors, "error"),
        count(warnings, "warning"),
      ),
    );
  }
  const nothing = $("filter").value ? "nothing has such a name" : "nothing is here yet";
  if (state.project && !made.length) made.push(element("p", { class: "empty" }, nothing));
  const had = document.activeElement?.closest("#items") ? document.activeElement.id : null;
  $("items").replaceChildren(...made);
  if (had) ($(had) ?? current())?.focus({ preventScroll: true });
}

function current() {
  return document.querySelector('.item[aria-current="true"]');
}

function count(number, severity) {
  if (!number) return null;
  const label = `${number} ${severity}${number === 1 ? "" : "s"}`;
  return element("span", { class: `count ${severity}`, title: label, "aria-label": label }, String(number));
}

function show(view) {
  const isSame = view?.id === state.view?.id && view?.target === state.view?.target;
  const scroll = isSame ? $("panel").scrollTop : 0;
  if (!isSame) state.scrolls = {};
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
  if (!view) return notice("there is no agent to show; what is wrong stands below", true);
  if (view.text === null) return notice("this cannot be rendered; what is wrong stands below", true);
  if (state.edited === null) return notice("");
  const isUsed = !view.schema_problems.some((each) => each.severity === "error");
  const unused = "the schema as edited here cannot be used; this is rendered with the one on disk";
  notice(isUsed ? "rendered with the schema as edited here, not as it is on disk" : unused, !isUsed);
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
  if (!view.html) return present(matter, element("p", { class: "empty" }, "nothing stands below the front matter"));
  const prose = element("article", { class: "prose", onclick: follow });
  prose.innerHTML = policy ? policy.createHTML(view.html) : view.html;
  return present(matter, prose);
}

function present(...elements) {
  return elements.filter((each) => each !== null);
}

function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || /^(https?:|mailto:)/i.test(link.getAttribute("href"))) return;
  event.preventDefault();
  const path = landing(link.getAttribute("href"));
  if (Object.hasOwn(state.view.links, path)) choose(state.view.links[path]);
}

// Where a link leads, from the root of what is rendered.
function landing(href) {
  try {
    const base = new URL(state.view.path, "http://library/");
    return decodeURIComponent(new URL(href, base).pathname.slice(1));
  } catch {
    return "";
  }
}

function raw(view) {
  return view.text === null ? [] : [element("pre", { class: "whole" }, view.text)];
}

const DIFF_KINDS = { "+": "added", "-": "removed", "@": "place" };

function diff(view) {
  if (view.text === null) return [];
  if (view.diff === "") return [element("p", { class: "empty" }, `${view.on_disk} is the same`)];
  const isNew = view.diff.startsWith("--- /dev/null\n");
  const lead = isNew ? element("p", { class: "empty" }, `${view.on_disk} is not there yet`) : null;
  const lines = linesOf(view.diff);
  return present(lead, element("div", { class: "lines" }, ...lines.slice(0, MOST_LINES).map(diffLine)), rest(lines));
}

function linesOf(text) {
  return text.replace(/\n$/, "").split("\n");
}

function rest(lines) {
  const more = lines.length - MOST_LINES;
  return more > 0 ? element("p", { class: "empty" }, `${more} more lines are not shown here`) : null;
}

function diffLine(line) {
  const isHead = line.startsWith("+++ ") || line.startsWith("--- ");
  const kind = isHead ? "place" : DIFF_KINDS[line[0]] ?? "";
  return element("div", { class: `diff ${kind}` }, line);
}

function source(view) {
  const made = [];
  const lines = linesOf(view.source);
  lines.slice(0, MOST_LINES).forEach((text, index) => {
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
        element(
          "div",
          { class: `aside ${each.severity}` },
          ...spoken(each.message),
          element("span", { class: "rule" }, ` ${each.rule}`),
          each.help ? element("div", { class: "help" }, ...spoken(each.help)) : null,
        ),
      ),
    );
  });
  return present(element("div", { class: "lines" }, ...made), rest(lines));
}

function marked(text, here, line) {
  const characters = Array.from(text);
  const part = (from, to) => characters.slice(from, to).join("");
  const made = [];
  let at = 0;
  for (const each of here.filter(({ column }) => column !== null)) {
    const start = each.column - 1;
    const end = each.end_line === line ? each.end_column - 1 : characters.length;
    if (start < at) continue; // it is marked already
    made.push(part(at, start), element("mark", { class: each.severity }, part(start, end)));
    at = end;
  }
  return [...made, part(at)];
}

function showDiagnostics(view) {
  const found = view?.diagnostics ?? state.project?.problems ?? [];
  const isHere = (each) => each.path === view?.source_path && each.line;
  const made = found.map((each) => diagnostic(each, isHere(each) ? () => showLine(each) : null));
  $("diagnostics").hidden = !found.length;
  fill($("diagnostics"), element("h2", {}, view?.summary ?? "what is wrong"), ...made);
}

// One that can lead to its place is a button.
function diagnostic(each, go) {
  const where = [each.path, each.line, each.column].filter((part) => part !== null).join(":");
  return element(
    go ? "button" : "p",
    { ...(go && { type: "button", onclick: go }), class: `found ${each.severity}` },
    element("span", { class: "where" }, where ? `${where} ` : ""),
    element("span", { class: "what" }, `${each.severity}[${each.rule}] `),
    ...spoken(each.message),
    each.help ? element("span", { class: "help" }, " – ", ...spoken(each.help)) : null,
  );
}

function showLine(each) {
  chooseTab("source");
  $(`line-${each.line}`)?.scrollIntoView({ block: "center" });
}

function showSchemaProblems(view) {
  const isHere = (each) => each.path === "the schema as edited" && each.line;
  const made = (view?.schema_problems ?? []).map((each) => diagnostic(each, isHere(each) ? () => showPlace(each) : null));
  fill($("schema-problems"), ...made);
}

function showPlace({ line, column }) {
  const before = linesOf($("schema").value).slice(0, line - 1);
  const at = before.reduce((sum, text) => sum + text.length + 1, 0) + (column ?? 1) - 1;
  $("schema").focus();
  $("schema").setSelectionRange(at, at);
}

// ---- what a person does

function choose(id) {
  state.chosen = state.item = id;
  closeMenu();
  showItems();
  look();
}

function closeMenu() {
  $("library").classList.remove("open");
  $("menu").setAttribute("aria-expanded", "false");
}

function chooseTab(tab) {
  state.scrolls[state.tab] = $("panel").scrollTop;
  state.tab = tab;
  showTabs();
  showPanel(state.view, false);
  $("panel").scrollTop = state.scrolls[tab] ?? 0;
  remember();
}

function step(by) {
  const items = shownItems();
  const at = items.findIndex((item) => item.id === state.item);
  const next = items[Math.min(Math.max(at + by, 0), items.length - 1)];
  if (next) choose(next.id);
  current()?.scrollIntoView({ block: "nearest" });
  if (document.activeElement?.closest("#items")) current()?.focus();
}

function nextTarget() {
  if (!state.project) return;
  const { targets } = state.project;
  state.target = targets[(targets.indexOf(target()) + 1) % targets.length];
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
  const parts = { token, agent: state.chosen ?? state.item, tab: state.tab, target: state.target };
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
  if (event.key === "Escape") return field ? field.blur() : close();
  if (field || event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  if (event.key.startsWith("Arrow") && !event.target.closest("nav")) return;
  if (Object.hasOwn(KEYS, event.key)) {
    event.preventDefault();
    KEYS[event.key]();
  }
}

function close() {
  if ($("keys").open) return; // it closes itself
  if ($("library").classList.contains("open")) {
    closeMenu();
    $("menu").focus();
  } else if (!$("trial").hidden) {
    toggle($("what-if"), $("trial"), false);
    $("what-if").focus();
  }
}

// From the filter straight to what it has found.
function pressInFilter(event) {
  const [first] = shownItems();
  if (!first || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Enter") choose(first.id);
  $(`item-${first.id}`)?.focus();
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
$("filter").addEventListener("keydown", pressInFilter);
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
