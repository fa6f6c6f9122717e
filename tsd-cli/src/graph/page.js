"use strict";
// The picture comes as SVG, whose nodes and lines are numbered, and as data: what each node is, and what leads where.
const { nodes, edges, layers, width, height } = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage");
const scene = document.getElementById("scene");
const search = document.getElementById("search");
const results = document.getElementById("results");
const details = document.getElementById("details");
const nodeElements = nodes.map((_, index) => document.getElementById("n" + index));
const edgeElements = edges.map((_, index) => document.getElementById("e" + index));
const before = nodes.map(() => []), after = nodes.map(() => []);
edges.forEach(([from, to], index) => {
  after[from].push({ node: to, edge: index });
  before[to].push({ node: from, edge: index });
});
const ruleNodes = new Map();
nodes.forEach((node, index) => { if (node.kind === "rule") ruleNodes.set(node.name, index); });

// --- Pan and zoom -----------------------------------------------------------------------------------------------------

const view = { x: 0, y: 0, scale: 1 };
// While only the chosen node with its way is shown, in places of their own: how large that picture is.
let alone = null;

function show() {
  scene.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

function fit() {
  const box = stage.getBoundingClientRect();
  const [wide, high] = alone ? [alone.width, alone.height] : [width, height];
  view.scale = Math.min(box.width / wide, box.height / high, 1.25);
  view.x = (box.width - wide * view.scale) / 2;
  view.y = (box.height - high * view.scale) / 2;
  show();
}

/// Brings all that is lit into sight, as large as it can be.
function fitLit() {
  const boxes = [...scene.querySelectorAll(".lit")].map((element) => element.getBoundingClientRect());
  const box = stage.getBoundingClientRect();
  const [left, top] = [Math.min(...boxes.map((lit) => lit.left)), Math.min(...boxes.map((lit) => lit.top))];
  const wide = Math.max(...boxes.map((lit) => lit.right)) - left, high = Math.max(...boxes.map((lit) => lit.bottom)) - top;
  const margin = 20;
  const factor = Math.min((box.width - 2 * margin) / wide, (box.height - 2 * margin) / high, 1.25 / view.scale);
  view.x = box.width / 2 - factor * (left - box.left + wide / 2 - view.x);
  view.y = box.height / 2 - factor * (top - box.top + high / 2 - view.y);
  view.scale *= factor;
  show();
}

/// How the page opens: the whole picture, or the upper end of one that would be too small to be read.
function open() {
  fit();
  if (view.scale >= 0.25) return;
  const box = stage.getBoundingClientRect();
  Object.assign(view, { x: 0, y: 0, scale: Math.min(box.width / width, 0.8) });
  view.scale = Math.max(view.scale, 0.25);
  show();
}

function zoom(factor, x, y) {
  const scale = Math.min(Math.max(view.scale * factor, 0.01), 8);
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  show();
}

function zoomMiddle(factor) {
  const box = stage.getBoundingClientRect();
  zoom(factor, box.width / 2, box.height / 2);
}

/// Moves a node into sight, or to the middle.
function reveal(index, toMiddle) {
  const box = stage.getBoundingClientRect();
  const node = nodeElements[index].getBoundingClientRect();
  const outside = node.left < box.left || node.right > box.right || node.top < box.top || node.bottom > box.bottom;
  if (view.scale < 0.45) {
    zoomMiddle(0.9 / view.scale);
    return reveal(index, true);
  }
  if (outside || toMiddle) {
    view.x += box.left + box.width / 2 - (node.left + node.right) / 2;
    view.y += box.top + box.height / 2 - (node.top + node.bottom) / 2;
    show();
  }
}

const pointers = new Map();
let travelled = 0;

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  if (pointers.size === 0) travelled = 0;
  pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});

stage.addEventListener("pointermove", (event) => {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const now = { x: event.clientX, y: event.clientY };
  travelled += Math.hypot(now.x - last.x, now.y - last.y);
  if (pointers.size === 2) {
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y);
    const box = stage.getBoundingClientRect();
    const middle = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top };
    if (distance(last) > 0) zoom(distance(now) / distance(last), middle.x, middle.y);
  } else if (travelled > 4) {
    // Only now, so that a click still reaches the node below.
    if (event.isTrusted) stage.setPointerCapture(event.pointerId);
    stage.classList.add("dragging");
    view.x += now.x - last.x;
    view.y += now.y - last.y;
    show();
  }
  pointers.set(event.pointerId, now);
});

function release(event) {
  pointers.delete(event.pointerId);
  stage.classList.remove("dragging");
}
["pointerup", "pointercancel", "pointerleave"].forEach((name) => stage.addEventListener(name, release));

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
  zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

stage.addEventListener("click", (event) => {
  if (travelled > 4) return;
  const node = event.target.closest(".node");
  if (node) choose(Number(node.dataset.node)); else clear();
});

// --- What is chosen ---------------------------------------------------------------------------------------------------

let chosen = null;

/// The whole path of a rule: the lines that it uses, and what these connect. Others may lead to the same nodes for other
/// rules.
function path(rule, lit) {
  edges.forEach(([from, to, , users], edge) => {
    if (!users.includes(rule)) return;
    lit.edges.add(edge);
    lit.nodes.add(from).add(to);
  });
}

/// Adds what leads to a node, or where it leads, to those lit.
function follow(start, ways, lit) {
  const waiting = [start];
  const seen = new Set(waiting);
  while (waiting.length > 0) {
    for (const { node, edge } of ways[waiting.pop()]) {
      lit.edges.add(edge);
      lit.nodes.add(node);
      if (!seen.has(node)) { seen.add(node); waiting.push(node); }
    }
  }
}

function choose(index, toMiddle) {
  unlight();
  chosen = index;
  const lit = { nodes: new Set([index]), edges: new Set() };
  if (nodes[index].kind === "rule") path(index, lit);
  else {
    follow(index, before, lit);
    follow(index, after, lit);
  }
  lit.nodes.forEach((node) => nodeElements[node].classList.add("lit"));
  lit.edges.forEach((edge) => edgeElements[edge].classList.add("lit"));
  nodeElements[index].classList.add("chosen");
  scene.classList.add("choosing");
  rove(index);
  if (alone) showAlone(true); else reveal(index, toMiddle);
  describe(index);
  const { kind, name } = nodes[index];
  remember(kind === "rule" ? "#rule=" + encodeURIComponent(name) : "#node=" + index);
}

function unlight() {
  scene.querySelectorAll(".lit").forEach((element) => element.classList.remove("lit"));
  if (chosen !== null) nodeElements[chosen].classList.remove("chosen");
  scene.classList.remove("choosing");
  chosen = null;
}

function clear() {
  unlight();
  showAlone(false);
  describeAll();
  remember("#");
}

/// The address names what is chosen, so that it can be passed on.
function remember(hash) {
  if (location.hash !== hash && !(hash === "#" && location.hash === "")) history.replaceState(null, "", hash);
}

/// Chooses what the address names, and shows all of its way: in its place, or where it would be too small there, alone.
function chooseFromAddress() {
  const index = nodeOfAddress();
  if (index === undefined) return describeAll();
  showAlone(false);
  choose(index);
  fitLit();
  if (view.scale < 0.45) showAlone(true);
}

function nodeOfAddress() {
  const [, what, value] = location.hash.match(/^#(rule|node)=(.*)$/) ?? [];
  if (what === "node") return /^\d+$/.test(value) && Number(value) < nodes.length ? Number(value) : undefined;
  // A name that is written by hand may hold what an address cannot; then it is meant as it stands.
  try { return ruleNodes.get(decodeURIComponent(value)); } catch { return ruleNodes.get(value); }
}

// --- Only the selection ----------------------------------------------------------------------------------------------

const home = nodes.map((_, index) => nodeElements[index].getAttribute("transform"));
const ways = edges.map((_, index) => edgeElements[index].getAttribute("d"));

function showAlone(on) {
  const button = document.getElementById("alone");
  if (on && chosen === null) on = false;
  button.setAttribute("aria-pressed", String(on));
  scene.classList.toggle("alone", on);
  if (on) {
    placeAlone();
    fit();
  } else if (alone) {
    alone = null;
    nodeElements.forEach((node, index) => node.setAttribute("transform", home[index]));
    edgeElements.forEach((edge, index) => edge.setAttribute("d", ways[index]));
    if (chosen === null) fit(); else reveal(chosen, true);
  }
}

/// Gives what is lit places of its own: its layers side by side, each from top to bottom in the order that it has.
function placeAlone() {
  const [gap, spacing, margin] = [70, 16, 20];
  const columns = new Map();
  nodes.forEach((_, index) => {
    if (!nodeElements[index].classList.contains("lit")) return;
    const layer = layers[index].layer;
    columns.set(layer, [...(columns.get(layer) ?? []), index]);
  });
  const size = (index) => {
    const box = nodeElements[index].querySelector("rect");
    return { wide: Number(box.getAttribute("width")), high: Number(box.getAttribute("height")) };
  };
  const sorted = [...columns].sort(([one], [other]) => one - other).map(([, column]) => column);
  sorted.forEach((column) => column.sort((one, other) => layers[one].y - layers[other].y));
  const heights = sorted.map((column) => column.reduce((sum, index) => sum + size(index).high + spacing, -spacing));
  const high = Math.max(...heights);
  const boxes = new Map();
  let x = margin;
  sorted.forEach((column, place) => {
    let y = margin + (high - heights[place]) / 2;
    column.forEach((index) => {
      boxes.set(index, { x, y, ...size(index) });
      nodeElements[index].setAttribute("transform", `translate(${x} ${y})`);
      y += size(index).high + spacing;
    });
    x += Math.max(...column.map((index) => size(index).wide)) + gap;
  });
  const low = margin + high * 1.35 + 60;
  let bottom = margin + high;
  edges.forEach(([from, to, port], index) => {
    const [start, end] = [boxes.get(from), boxes.get(to)];
    if (!start || !end) return;
    const [x1, y1] = [start.x + start.wide, start.y + start.high / 2];
    const [x2, y2] = [end.x, end.y + end.high / 2 + port];
    // A line that skips layers passes below what stands in them, as does one that leads back.
    const skips = layers[to].layer - layers[from].layer !== 1;
    const [c1, c2] = skips ? [x1 + gap, x2 - gap] : [(x1 + x2) / 2, (x1 + x2) / 2];
    const [d1, d2] = skips ? [low, low] : [y1, y2];
    edgeElements[index].setAttribute("d", `M${x1} ${y1}C${c1} ${d1} ${c2} ${d2} ${x2} ${y2}`);
    if (skips) bottom = low;
  });
  alone = { width: x - gap + margin, height: bottom + margin };
}

// --- The panel --------------------------------------------------------------------------------------------------------

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

function names(list, target) {
  const items = list.map((item) => {
    const { label, node } = target(item);
    if (node === undefined) return element("li", {}, label);
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => choose(node));
    return element("li", {}, button);
  });
  return element("ul", { class: "names" }, ...items);
}

function table(rows) {
  return element("table", {}, element("tbody", {}, ...rows.map(([what, count]) =>
    element("tr", {}, element("td", {}, what), element("td", { class: "number" }, count)))));
}

function describe(index) {
  const node = nodes[index];
  const parts = [element("h2", {}, node.name), element("span", { class: "kind " + node.kind }, node.kind)];
  if (node.text) parts.push(element("pre", {}, node.text));
  if (node.counts.length > 0) parts.push(element("h3", {}, "Counts"), table(node.counts));
  if (node.users.length > 0) {
    parts.push(element("h3", {}, `Used by ${node.users.length} ${node.users.length === 1 ? "rule" : "rules"}`));
    parts.push(names(node.users, (rule) => ({ label: rule, node: ruleNodes.get(rule) })));
  }
  const neighbour = ({ node }) => ({ label: `${nodes[node].kind} ${nodes[node].name}`, node });
  if (before[index].length > 0) parts.push(element("h3", {}, "Comes from"), names(before[index], neighbour));
  if (after[index].length > 0) parts.push(element("h3", {}, "Leads to"), names(after[index], neighbour));
  if (node.signature) parts.push(element("h3", {}, "Signature"), element("code", {}, node.signature));
  details.replaceChildren(...parts);
  details.scrollTop = 0;
}

const LISTED = 300;

function describeAll() {
  const kinds = new Map(["type", "root", "parameters", "join", "view", "pending", "rule"].map((kind) => [kind, 0]));
  nodes.forEach(({ kind }) => kinds.set(kind, kinds.get(kind) + 1));
  const rows = [...kinds].filter(([, count]) => count > 0).map(([kind, count]) => [element("span", { class: "kind " + kind }, kind), String(count)]);
  const rules = [...ruleNodes];
  const parts = [element("h2", {}, "The network"), table(rows)];
  const key = (name) => element("kbd", {}, name);
  parts.push(element("p", {},
    "A solid line carries tuples to the left of a join, a dashed one facts to its right, a dotted one the values of a " +
    "view, and a green one the matches of a rule. Click on a node to see where it comes from and where it leads."));
  parts.push(element("p", {}, key("/"), " searches, ", key("Tab"), " and the arrows go from node to node, ", key("Enter"),
    " chooses, ", key("Esc"), " lets go, ", key("+"), " ", key("−"), " ", key("0"), " zoom, ", key("o"),
    " shows only the selection."));
  if (rules.length > 0) {
    parts.push(element("h3", {}, "Rules"));
    parts.push(names(rules.slice(0, LISTED), ([label, node]) => ({ label, node })));
    if (rules.length > LISTED) parts.push(element("p", {}, `and ${rules.length - LISTED} more: search for them`));
  }
  details.replaceChildren(...parts);
}

// --- Search -----------------------------------------------------------------------------------------------------------

const SHOWN = 30;
let found = [], active = -1;

function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  found.forEach((index) => nodeElements[index].classList.remove("found"));
  found = [];
  if (words.length > 0) {
    const text = ({ kind, name, text, signature }) => `${kind} ${name}\n${text}\n${signature ?? ""}`.toLowerCase();
    found = nodes.map((_, index) => index).filter((index) => words.every((word) => text(nodes[index]).includes(word)));
    // Names that begin as asked come first.
    const rank = (index) => (nodes[index].name.toLowerCase().startsWith(words[0]) ? 0 : 1);
    found.sort((one, other) => rank(one) - rank(other) || one - other);
    found.forEach((index) => nodeElements[index].classList.add("found"));
  }
  activate(found.length > 0 ? 0 : -1);
  const items = found.slice(0, SHOWN).map((index, place) => {
    const item = element("li", { id: "r" + place, role: "option", "aria-selected": String(place === active) },
      element("span", { class: "kind " + nodes[index].kind }, nodes[index].kind), " " + nodes[index].name);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(place); });
    return item;
  });
  if (words.length > 0 && found.length === 0) items.push(element("li", { class: "none" }, "nothing found"));
  if (found.length > SHOWN) items.push(element("li", { class: "none" }, `and ${found.length - SHOWN} more`));
  results.replaceChildren(...items);
  search.setAttribute("aria-expanded", String(items.length > 0));
}

function activate(place) {
  results.children[active]?.setAttribute("aria-selected", "false");
  active = place;
  results.children[active]?.setAttribute("aria-selected", "true");
  results.children[active]?.scrollIntoView({ block: "nearest" });
  if (active >= 0) search.setAttribute("aria-activedescendant", "r" + active);
  else search.removeAttribute("aria-activedescendant");
}

function take(place) {
  if (found[place] === undefined) return;
  const index = found[place];
  endSearch();
  choose(index, true);
  nodeElements[index].focus({ preventScroll: true });
}

function endSearch() {
  search.value = "";
  find();
}

search.addEventListener("input", find);
search.addEventListener("blur", () => results.replaceChildren());
search.addEventListener("focus", find);
search.addEventListener("keydown", (event) => {
  const last = Math.min(found.length, SHOWN) - 1;
  if (event.key === "ArrowDown") activate(Math.min(active + 1, last));
  else if (event.key === "ArrowUp") activate(Math.max(active - 1, Math.min(0, last)));
  else if (event.key === "Enter") take(active);
  else if (event.key === "Escape") { endSearch(); search.blur(); }
  else return;
  event.preventDefault();
  event.stopPropagation();
});

// --- Keys -------------------------------------------------------------------------------------------------------------

// One node at a time can be reached with Tab; arrows go from there.
let roving = 0;

function rove(index) {
  nodeElements[roving]?.setAttribute("tabindex", "-1");
  roving = index;
  nodeElements[roving]?.setAttribute("tabindex", "0");
}

const middle = (index) => layers[index].y;

/// Where an arrow leads from a node: along a line, or up and down its layer.
function beside(index, key) {
  const nearest = (ways) => ways.map(({ node }) => node)
    .sort((one, other) => Math.abs(middle(one) - middle(index)) - Math.abs(middle(other) - middle(index)))[0];
  if (key === "ArrowRight") return nearest(after[index]);
  if (key === "ArrowLeft") return nearest(before[index]);
  const down = key === "ArrowDown" ? 1 : -1;
  return nodes.map((_, other) => other)
    .filter((other) => layers[other].layer === layers[index].layer && (middle(other) - middle(index)) * down > 0)
    .sort((one, other) => (middle(one) - middle(other)) * down)[0];
}

scene.addEventListener("keydown", (event) => {
  const node = event.target.closest(".node");
  if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
  const index = Number(node.dataset.node);
  if (event.key === "Enter" || event.key === " ") choose(index);
  else if (event.key.startsWith("Arrow")) {
    const next = beside(index, event.key);
    if (next !== undefined) {
      rove(next);
      nodeElements[next].focus({ preventScroll: true });
      reveal(next);
    }
  } else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") search.focus();
  else if (event.key === "Escape") clear();
  else if (event.key === "+" || event.key === "=") zoomMiddle(1.25);
  else if (event.key === "-") zoomMiddle(0.8);
  else if (event.key === "0") fit();
  else if (event.key === "o") showAlone(!alone);
  else return;
  event.preventDefault();
});

document.getElementById("closer").addEventListener("click", () => zoomMiddle(1.25));
document.getElementById("farther").addEventListener("click", () => zoomMiddle(0.8));
document.getElementById("fit").addEventListener("click", fit);
document.getElementById("alone").addEventListener("click", () => showAlone(!alone));
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

nodeElements.forEach((node, index) => {
  node.setAttribute("tabindex", index === 0 ? "0" : "-1");
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", `${nodes[index].kind} ${nodes[index].name}`);
});
addEventListener("hashchange", chooseFromAddress);
open();
chooseFromAddress();
