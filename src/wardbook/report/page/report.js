"use strict";
// The table of uses and the text of sources. Every text is put on the page as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = (n) => (n === null || n === undefined ? "" : data.texts[n]);
  const names = [
    "id", "sources", "date", "vehicle", "route", "hours", "riders", "stated", "agency", "division", "task", "trip",
    "invoiced", "currency", "start", "end", "logged", "rule", "cites", "purpose", "security", "permitted",
    "arrangement", "reason", "missing", "facts", "costs", "shares", "places",
  ];
  const lists = new Set(["sources", "facts", "costs", "shares", "places"]);
  const open = "cannot be determined";
  const uses = data.uses.map((row) =>
    Object.fromEntries(names.map((name, i) => [name, lists.has(name) ? row[i] : text(row[i])])));
  for (const use of uses) {
    use.permitted ||= open; use.security ||= open; use.purpose ||= open;
    use.words = [use.id, use.date, use.vehicle, use.route, use.riders, use.stated, use.agency, use.division, use.trip]
      .join(" ").toLowerCase();
  }
  const records = new Map(data.records.map((row, i) => [text(row[0]), i]));
  const findings = new Map(data.findings.map(([id, title, list]) => [id, { title, uses: new Set(list) }]));
  const anchors = new Map(data.anchors.map(([rule, cites, list]) => [text(rule) + "\n" + text(cites), list]));

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  };

  const figure = (n) => text(n).replace(/^(-?\d+)(?=\.|$)/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));

  // ---- sources
  const nameOf = (exhibit) => (data.exhibits[exhibit] || []).map(text);
  const placeOf = (page, line) =>
    [page === null ? "" : "page " + page, line === null ? "" : "line " + line].filter(Boolean).join(", ");
  const fill = (node, number) => {
    if (node.dataset.filled) return;
    node.dataset.filled = "yes";
    node.querySelector(".ids")?.remove();
    const row = data.records[number];
    if (!row) { node.append(make("p", { class: "ids" }, "The text of this record does not stand on this page.")); return; }
    const exhibit = text(row[1]);
    const found = nameOf(exhibit);
    node.append(
      make("pre", {}, text(row[4]) || "(the record has no text of its own)"),
      make("p", { class: "ids" }, `record ${text(row[0])} · exhibit SHA-256 ${exhibit}`,
        found.length > 1 ? ` · found in ${found.length} places: ${found.join("; ")}` : ""));
  };
  const sourceNode = (number) => {
    if (typeof number === "string") return make("p", { class: "ids" }, "record " + number);
    const [, exhibit, page, line] = data.records[number];
    const where = [nameOf(text(exhibit))[0] || "exhibit", placeOf(page, line)].filter(Boolean).join(", ");
    const node = make("details", { class: "source" }, make("summary", {}, where));
    node.addEventListener("toggle", () => fill(node, number), { once: true });
    return node;
  };
  document.addEventListener("toggle", (event) => {
    const node = event.target;
    if (node.open && node.dataset.record !== undefined) fill(node, records.get(node.dataset.record));
  }, true);

  // ---- filters
  const selects = [
    ["year", "Year"], ["vehicle", "Vehicle"], ["agency", "Agency"],
    ["permitted", "Permitted"], ["security", "Security the reason"], ["purpose", "Purpose"],
  ];
  const valueOf = (use, key) => (key === "year" ? use.date.slice(0, 4) : use[key]);
  const chipWords = {
    month: (v) => "month " + v, payer: (v) => "payer " + v, cost: (v) => "class " + v, currency: (v) => v || "no currency",
    finding: (v) => "finding " + v, place: (v) => "place " + v, use: (v) => "use " + v,
  };
  const state = { filter: new URLSearchParams(), page: 0, opened: new Set() };
  const size = 50;
  const hasShare = (use, f) => use.shares.some(([cost, payer, , , currency]) =>
    (!f.has("payer") || text(payer) === f.get("payer")) && (!f.has("cost") || text(cost) === f.get("cost")) &&
    (!f.has("currency") || text(currency) === f.get("currency")));
  const matches = (use, number, f) => {
    for (const [key, value] of f) {
      if (key === "q") { if (!value.toLowerCase().split(/\s+/).every((word) => use.words.includes(word))) return false; }
      else if (key === "month") { if (!use.date.startsWith(value)) return false; }
      else if (key === "finding") { if (!findings.get(value)?.uses.has(number)) return false; }
      else if (key === "place") { if (!use.places.some((n) => text(n) === value)) return false; }
      else if (key === "use") { if (use.id !== value) return false; }
      else if (["payer", "cost", "currency"].includes(key)) continue;
      else if (valueOf(use, key) !== value) return false;
    }
    return !["payer", "cost", "currency"].some((key) => f.has(key)) || hasShare(use, f);
  };

  // ---- the table
  const app = document.getElementById("uses-app");
  const search = make("input", { type: "search", id: "f-q", autocomplete: "off" });
  const inputs = new Map([["q", search]]);
  const form = make("form", { class: "filters", role: "search", "aria-label": "Filter the uses" },
    make("label", { for: "f-q" }, "Search route, riders, purpose, agency", search));
  for (const [key, label] of selects) {
    const values = [...new Set(uses.map((use) => valueOf(use, key)))].filter(Boolean).sort();
    const select = make("select", { id: "f-" + key }, make("option", { value: "" }, "all"),
      ...values.map((value) => make("option", { value }, value)));
    inputs.set(key, select);
    form.append(make("label", { for: "f-" + key }, label, select));
  }
  const count = make("p", { role: "status", "aria-live": "polite" });
  const chips = make("div", { class: "chips" }, count);
  const body = make("tbody");
  const heads = [["Day", ""], ["Vehicle", ""], ["Route", ""], ["Hours", "n"], ["Stated purpose", ""], ["Purpose", ""],
    ["Security the reason", ""], ["Permitted", ""]];
  const table = make("table", { class: "uses" },
    make("caption", { class: "unseen" }, "Uses; open a row for its reasons and sources"),
    make("colgroup", {}, ...heads.map(([h]) => make("col", { class: "c-" + h.toLowerCase().replace(/ /g, "-") }))),
    make("thead", {}, make("tr", {}, ...heads.map(([h, c]) => make("th", { scope: "col", class: c }, h)))), body);
  const pager = make("div", { class: "pager" });
  const line = (cells, head = false) => make("tr", {}, ...cells.map((cell) =>
    make(head ? "th" : "td", Array.isArray(cell) ? { class: "n" } : {}, Array.isArray(cell) ? cell[0] : cell)));
  const grid = (heading, rows) => make("table", {}, make("thead", {}, line(heading, true)), make("tbody", {}, ...rows));
  const styles = { no: "no", yes: "yes", [open]: "open" };
  const answer = (value) => make("span", { class: "answer" },
    make("span", { class: "key " + (styles[value] || "open"), "aria-hidden": "true" }), value);
  const sourceList = (list) => make("div", {}, ...list.map(sourceNode));

  const detail = (use) => {
    const parts = [make("p", { class: "reason" }, use.reason || "No determination stands on record.")];
    const section = (title, ...nodes) => parts.push(make("h4", {}, title), ...nodes);
    if (use.missing) section("What would settle it", make("p", {}, use.missing));
    section("Rule", make("p", {}, [use.rule, use.cites].filter(Boolean).join(": ") || "No rule of the rulebook decided this use."),
      ...(anchors.get(use.rule + "\n" + use.cites) || []).map((anchor) =>
        make("details", { class: "fold" }, make("summary", {}, "The law: " + data.law[anchor][0]),
          make("blockquote", {}, data.law[anchor][1]))));
    if (use.facts.length) section("Facts used", grid(["Fact", "Value", "Basis", "Sources"], use.facts.map(
      ([name, value, basis, list]) => line([text(name), value === null ? "not known" : text(value), text(basis), sourceList(list)]))));
    if (use.costs.length) section("Costs", grid(["Class", "Basis", ["Amount"], ["Computed"], ["Invoiced"], "Sources"], use.costs.map(
      ([, kind, basis, amount, computed, invoiced, currency, list]) =>
        line([text(kind), text(basis), [`${text(currency)} ${figure(amount)}`], [figure(computed) || "–"], [figure(invoiced) || "–"], sourceList(list)]))));
    if (use.shares.length) section("Who bears them" + (use.arrangement ? ": " + use.arrangement : ""),
      grid(["Class", "Payer", ["Share"], "How", "Cites"], use.shares.map(([kind, payer, method, amount, currency, cites]) =>
        line([text(kind), text(payer), [`${text(currency)} ${figure(amount)}`], text(method), text(cites)]))));
    const more = [["Riders", use.riders], ["Agency", [use.agency, use.division].filter(Boolean).join(", ")], ["Task", use.task],
      ["Trip", use.trip], ["Start", use.start], ["End", use.end], ["Entry made", use.logged], ["Use", use.id]].filter(([, v]) => v);
    section("On record", make("table", {}, make("tbody", {}, ...more.map(([k, v]) =>
      make("tr", {}, make("th", { scope: "row" }, k), make("td", {}, v))))));
    section(use.sources.length === 1 ? "Source" : `${use.sources.length} sources`, sourceList(use.sources));
    return make("div", { class: "inner" }, ...parts);
  };

  const rowOf = (use, number) => {
    const id = "use-" + number;
    const opened = state.opened.has(number);
    const button = make("button", { type: "button", class: "open-row", "aria-expanded": String(opened), "aria-controls": id },
      use.date || "no day");
    const cell = (label, value, kind = "") =>
      make("td", { "data-label": label, class: (kind + (value ? "" : " blank")).trim() || null }, value);
    const row = make("tr", {}, make("td", { class: "day" }, button), cell("Vehicle", use.vehicle), cell("Route", use.route),
      cell("Hours", use.hours.replace(/\.?0+$/, "") , "n"), cell("Stated", use.stated), cell("Purpose", use.purpose),
      make("td", { "data-label": "Security" }, answer(use.security)), make("td", { "data-label": "Permitted" }, answer(use.permitted)));
    const inside = make("td", { colspan: "8" });
    const below = make("tr", { class: "detail", id, hidden: opened ? null : "" }, inside);
    const show = (on) => {
      if (on && !inside.hasChildNodes()) inside.append(detail(use));
      below.hidden = !on; row.classList.toggle("opened", on); button.setAttribute("aria-expanded", String(on));
      if (on) state.opened.add(number); else state.opened.delete(number);
    };
    button.addEventListener("click", () => show(below.hidden));
    if (opened) show(true);
    return [row, below];
  };

  const draw = () => {
    const f = state.filter;
    const found = [];
    uses.forEach((use, number) => { if (matches(use, number, f)) found.push(number); });
    const pages = Math.max(Math.ceil(found.length / size), 1);
    state.page = Math.min(state.page, pages - 1);
    if (f.has("use") && found.length === 1) state.opened.add(found[0]);
    const from = state.page * size;
    body.replaceChildren(...found.slice(from, from + size).flatMap((number) => rowOf(uses[number], number)));
    const number = (n) => n.toLocaleString("en-US");
    count.textContent = found.length === uses.length
      ? `All ${number(uses.length)} uses` : `${number(found.length)} of ${number(uses.length)} uses`;
    chips.replaceChildren(count, ...[...f].filter(([key]) => chipWords[key]).map(([key, value]) =>
      make("button", { type: "button", "aria-label": "Remove filter " + chipWords[key](value), onclick: () => change(key, "") },
        chipWords[key](value) + " ×")));
    if ([...f].length) chips.append(make("button", { type: "button", onclick: () => go("") }, "Clear all"));
    const step = (label, by, off) => make("button", { type: "button", disabled: off ? "" : null,
      onclick: () => { state.page += by; draw(); app.scrollIntoView(); } }, label);
    pager.replaceChildren(step("Earlier", -1, state.page === 0), `Page ${state.page + 1} of ${pages}`,
      step("Later", 1, state.page >= pages - 1));
    for (const [key, input] of inputs) if (document.activeElement !== input) input.value = f.get(key) || "";
  };
  const remember = () => {
    const words = state.filter.toString();
    history.replaceState(null, "", words ? "#uses?" + words : "#uses");
  };
  const go = (filter) => { state.filter = new URLSearchParams(filter); state.page = 0; remember(); draw(); };
  const change = (key, value) => {
    if (value) state.filter.set(key, value); else state.filter.delete(key);
    state.page = 0; remember(); draw();
  };
  search.addEventListener("input", () => change("q", search.value.trim()));
  for (const [key, input] of inputs) if (key !== "q") input.addEventListener("change", () => change(key, input.value));
  form.addEventListener("submit", (event) => event.preventDefault());

  // ---- figures open the uses behind them
  const openUses = (filter) => {
    history.pushState(null, "", filter ? "#uses?" + filter : "#uses");
    go(filter);
    document.getElementById("uses").scrollIntoView();
    count.setAttribute("tabindex", "-1");
    count.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const node = event.target.closest("[data-filter], [data-place]");
    if (!node) return;
    event.preventDefault();
    openUses(node.dataset.filter ?? new URLSearchParams({ place: node.dataset.place }).toString());
  });
  const arrive = () => {
    const [part, filter] = location.hash.slice(1).split("?");
    if (part === "uses") { state.filter = new URLSearchParams(filter || ""); state.page = 0; draw(); if (filter) document.getElementById("uses").scrollIntoView(); return; }
    const target = part && document.getElementById(decodeURIComponent(part));
    const closed = target && target.closest("details:not([open])");
    if (closed) { closed.open = true; target.scrollIntoView(); }
  };
  window.addEventListener("hashchange", arrive);
  window.addEventListener("popstate", arrive);

  // ---- the contents show where the reader is
  const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) {
      for (const a of links.values()) a.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  document.querySelectorAll("main > section").forEach((section) => seen.observe(section));

  if (uses.length) {
    app.append(form, chips, make("div", { class: "scroll" }, table), pager);
  } else {
    app.append(make("p", {}, "No use stands on record."));
  }
  app.hidden = false;
  draw();
  arrive();
})();
