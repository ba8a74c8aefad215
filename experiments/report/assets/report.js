"use strict";
// Draws the charts of the report. The data stand in the page; nothing is loaded.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const byId = new Map(data.charts.map((chart) => [chart.id, chart]));
  for (const chart of data.charts) chart.lines.forEach(unpack);
  const PALETTE = 8;
  const MOST_BANDS = 6; // more ranges than these would hide one another; a highlighted firm always has its own
  const DASHES = ["solid", "dash", "dot"];
  let focused = null; // the firm that is highlighted, or null for all

  const language = () => root.lang;
  const word = (name) => data.words[name][language()];
  const colourOf = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const plots = () => [...document.querySelectorAll(".plot")];
  const chartOf = (plot) => byId.get(plot.dataset.chart);
  // The drawing library reads a little HTML in texts: names are shown as they are.
  const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const shortened = (text, most) => (text.length > most ? text.slice(0, most - 1).trimEnd() + "…" : text);

  // Numbers

  // Two bytes a value, the low one first; 65535 is no value.
  function unpack(line) {
    const bytes = atob(line.data), values = [];
    for (let at = 0; at < bytes.length; at += 2) {
      const number = bytes.charCodeAt(at) + 256 * bytes.charCodeAt(at + 1);
      values.push(number === 65535 ? null : line.least + line.step * number);
    }
    const weeks = values.length / line.rows;
    line.middle = values.slice(0, weeks);
    if (line.rows === 3) { line.low = values.slice(weeks, 2 * weeks); line.high = values.slice(2 * weeks); }
  }

  const isPercent = (chart) => ["share", "probability", "rate"].includes(chart.unit);

  const written = (value, options) => new Intl.NumberFormat(language(), options).format(value).replace(/\u00a0/g, "\u202f").replace("-", "−");

  function axisText(chart, value, digits, compact) {
    const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const clear = Math.abs(value) < 1e-12 ? 0 : value;
    if (isPercent(chart)) return written(clear, { style: "percent", ...exact });
    return compact ? written(clear, { notation: "compact", maximumFractionDigits: 1 }) : written(clear, exact);
  }

  function shown(chart, value) {
    if (value === null || value === undefined) return "–";
    const form = (options) => written(value, options);
    if (isPercent(chart)) { const digits = Math.max(0, chart.digits - 2); return form({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }); }
    if (Math.abs(value) >= 10000) return form({ notation: "compact", maximumFractionDigits: 1 });
    return form({ minimumFractionDigits: chart.digits, maximumFractionDigits: chart.digits });
  }

  // Lines

  const weeksOf = (chart) => data.weeks[chart.weeks];
  const firmIndex = new Map(data.firms.map((name, index) => [name, index]));
  const placeOf = (chart, line) => (chart.scope === "firm" && firmIndex.has(line.item) ? firmIndex.get(line.item) : chart.scope === "market" ? 0 : line.place);
  const strokeOf = (chart, line) => colourOf(`--c${placeOf(chart, line) % PALETTE}`);
  // The first five colours can be told apart by colour-blind readers; later lines differ in their strokes as well.
  const dashOf = (place) => (place < 5 ? DASHES[0] : DASHES[1 + (Math.floor(place / PALETTE) % 2)]);
  const isFaded = (chart, line) => focused !== null && chart.scope === "firm" && line.item !== focused;

  function withAlpha(hex, alpha) {
    const channels = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
    return `rgba(${channels.join(",")},${alpha})`;
  }

  function bandTrace(chart, line, stroke) {
    const weeks = weeksOf(chart), known = weeks.map((week, index) => index).filter((index) => line.low[index] !== null && line.high[index] !== null);
    const back = [...known].reverse();
    return {
      x: [...known, ...back].map((index) => weeks[index]),
      y: [...known.map((index) => line.high[index]), ...back.map((index) => line.low[index])],
      fill: "toself", fillcolor: withAlpha(stroke, 0.13), line: { width: 0 }, mode: "lines", hoverinfo: "skip", showlegend: false,
    };
  }

  function lineTrace(chart, line, stroke, faded) {
    const range = line.low ? line.low.map((low, index) => ` (${shown(chart, low)} – ${shown(chart, line.high[index])})`) : null;
    return {
      x: weeksOf(chart), y: line.middle, mode: "lines", name: plain(nameOf(chart, line)), showlegend: false, connectgaps: false,
      line: {
        color: faded ? withAlpha(colourOf("--muted"), 0.35) : stroke, width: faded ? 1.2 : line.item === focused ? 3.2 : 2.2,
        dash: line.dotted ? "dot" : dashOf(placeOf(chart, line)), shape: "linear",
      },
      customdata: line.middle.map((value, index) => plain(shown(chart, value) + (range && value !== null ? range[index] : ""))),
      hovertemplate: faded ? undefined : "%{customdata}", hoverinfo: faded ? "skip" : undefined,
    };
  }

  // What a line is about, and what tells it from its dotted twin.
  const labelOf = (line) => (line.label ? line.label[language()] : line.item);
  const twinOf = (chart, line) => (chart.lines.some((other) => other.dotted) ? word(chart.pair[line.dotted ? 1 : 0]) : "");
  // One thing twice: the title says of what, the labels which is which.
  const isPair = (chart) => chart.lines.length === 2 && chart.lines[1].dotted;
  function nameOf(chart, line) {
    const name = labelOf(line) || chart.title[language()], twin = twinOf(chart, line);
    return isPair(chart) ? twin : twin ? `${name}, ${twin}` : name;
  }
  function endText(chart, line) {
    const name = shortened(isPair(chart) ? twinOf(chart, line) : labelOf(line), 15);
    return line.end === null ? name : `${name} ${shown(chart, line.end)}`;
  }

  // Axes

  function verticalRange(chart) {
    let low = Infinity, high = -Infinity;
    for (const line of chart.lines) for (const part of [line.low || line.middle, line.high || line.middle])
      for (const value of part) if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
    if (low > high) return [0, 1];
    // Zero belongs on the axis unless it would press all lines into the upper half.
    if (chart.fromZero && low < 0.4 * high) low = Math.min(0, low);
    // A flat line still gets a range, of at least two of the steps in which the figure is written.
    const pad = Math.max((high - low || Math.abs(high)) * 0.07, high - low ? 0 : 2 * 10 ** -chart.digits);
    return [chart.fromZero && low === 0 ? 0 : low - pad, high + pad];
  }

  // Round numbers for the axis, never finer than the figure's own digits.
  function ticksOf(chart, range, most) {
    const finest = 10 ** -chart.digits, rough = Math.max((range[1] - range[0]) / most, finest);
    const size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * size).find((candidate) => candidate >= rough * 0.999);
    const ticks = [];
    for (let number = Math.ceil(range[0] / step - 1e-9); number * step <= range[1] + 1e-9 * step; number++) ticks.push(number * step);
    const digits = Math.max(0, -Math.floor(Math.log10(step * (isPercent(chart) ? 100 : 1)) + 1e-9));
    const compact = Math.max(Math.abs(range[0]), Math.abs(range[1])) >= 10000;
    return { tickvals: ticks, ticktext: ticks.map((value) => axisText(chart, value, digits, compact)) };
  }

  const lastKnown = (values) => { for (let index = values.length - 1; index >= 0; index--) if (values[index] !== null) return values[index]; return null; };

  // Names stand at the ends of their lines, moved apart where they would cover each other.
  function endLabels(chart, range, height) {
    const lines = chart.lines.filter((line) => (!line.dotted || isPair(chart)) && lastKnown(line.middle) !== null);
    if (chart.scope === "market") return [];
    const perPixel = (range[1] - range[0]) / height, gap = 15;
    const labels = lines.map((line) => ({ line, value: lastKnown(line.middle), at: (lastKnown(line.middle) - range[0]) / perPixel }));
    labels.sort((one, other) => one.at - other.at);
    for (let turn = 0; turn < 60; turn++) {
      let moved = false;
      for (let index = 1; index < labels.length; index++) {
        const missing = gap - (labels[index].at - labels[index - 1].at);
        if (missing > 0.5) { labels[index].at += missing / 2; labels[index - 1].at -= missing / 2; moved = true; }
      }
      if (!moved) break;
    }
    // Back inside the chart: down from the top, then up from the bottom.
    let top = height - 2, bottom = 2;
    for (const label of [...labels].reverse()) { label.at = Math.min(label.at, top); top = label.at - gap; }
    for (const label of labels) { label.at = Math.max(label.at, bottom); bottom = label.at + gap; }
    return labels.map(({ line, value, at }) => {
      const faded = isFaded(chart, line), bold = line.item === focused;
      const text = plain(endText(chart, line));
      return {
        xref: "paper", x: 1, xanchor: "left", xshift: 6, y: value, yshift: at - (value - range[0]) / perPixel, showarrow: false,
        text: bold ? `<b>${text}</b>` : text, align: "left",
        font: { size: 12, color: faded ? colourOf("--muted") : strokeOf(chart, line) },
      };
    });
  }

  function eventMarks(weeks, tall, width) {
    const colour = colourOf("--event");
    const shapes = data.marks.map((mark) => ({
      type: "line", x0: mark.week, x1: mark.week, yref: "paper", y0: 0, y1: 1, layer: "below",
      line: { color: withAlpha(colour, tall ? 0.9 : 0.5), width: 1, dash: "dot" },
    }));
    // Marks whose tags would cover each other share one: 1, 2–4, …
    const perPixel = (weeks[weeks.length - 1] - weeks[0]) / Math.max(1, width);
    const tags = [];
    for (const mark of tall ? data.marks : []) {
      const last = tags[tags.length - 1];
      if (last && mark.week - last.week <= (last.from === last.to ? 24 : 36) * perPixel) last.to = mark.number;
      else tags.push({ week: mark.week, from: mark.number, to: mark.number });
    }
    const annotations = tags.map((tag) => ({
      x: tag.week, yref: "paper", y: 1, yanchor: "bottom", showarrow: false, text: tag.from === tag.to ? `${tag.from}` : `${tag.from}–${tag.to}`,
      font: { size: 11, color: colour }, bordercolor: colour, borderwidth: 1, borderpad: 2, bgcolor: colourOf("--surface"),
    }));
    return { shapes, annotations };
  }

  function layoutOf(chart, plot) {
    const tall = plot.classList.contains("tall"), width = plot.clientWidth, height = plot.clientHeight;
    const longest = Math.max(0, ...chart.lines.map((line) => endText(chart, line).length));
    const right = chart.scope === "market" ? 14 : Math.min(Math.round(14 + 6.6 * longest), Math.round(width * 0.4));
    const margin = { l: 56, r: right, t: tall ? 26 : 8, b: 40 };
    const range = verticalRange(chart), weeks = weeksOf(chart), marks = eventMarks(weeks, tall, width - margin.l - margin.r);
    const line = colourOf("--line"), muted = { color: colourOf("--muted"), size: 12 };
    return {
      width, height, margin, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: false,
      separators: language() === "fr" ? ",\u202f" : ".,",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colourOf("--ink") },
      hovermode: "x unified", hoverlabel: { bgcolor: colourOf("--surface"), bordercolor: line, font: { color: colourOf("--ink"), size: 12 }, namelength: 30 },
      xaxis: {
        range: [weeks[0], weeks[weeks.length - 1]], showgrid: false, zeroline: false, linecolor: line, tickfont: muted, ticks: "outside",
        tickcolor: line, ticklen: 4, nticks: width < 460 ? 5 : 10, tickangle: 0, fixedrange: true, hoverformat: "d", spikecolor: colourOf("--muted"), spikethickness: 1, spikedash: "solid",
        title: { text: word("week"), font: muted, standoff: 6 }, unifiedhovertitle: { text: `${word("week")} %{x}` },
      },
      yaxis: {
        range, gridcolor: line, zerolinecolor: line, zerolinewidth: 1.5, tickfont: muted, fixedrange: true, ticksuffix: " ", showline: false,
        ...ticksOf(chart, range, tall ? 7 : 5),
      },
      shapes: marks.shapes,
      annotations: [...marks.annotations, ...endLabels(chart, range, height - margin.t - margin.b)],
    };
  }

  function draw(plot) {
    const chart = chartOf(plot);
    if (!chart || !plot.clientWidth) return undefined;
    const order = chart.lines.map((line) => ({ line, stroke: strokeOf(chart, line), faded: isFaded(chart, line) }));
    order.sort((one, other) => other.faded - one.faded);
    const crowded = chart.lines.filter((line) => line.low).length > MOST_BANDS;
    const bands = order.filter(({ line, faded }) => line.low && !faded && (!crowded || line.item === focused)).map(({ line, stroke }) => bandTrace(chart, line, stroke));
    const lines = order.map(({ line, stroke, faded }) => lineTrace(chart, line, stroke, faded));
    plot.setAttribute("aria-label", description(chart));
    return window.Plotly.react(plot, [...bands, ...lines], layoutOf(chart, plot), { displayModeBar: false, responsive: false });
  }

  function description(chart) {
    const ends = chart.lines.filter((line) => !line.dotted).map((line) => `${line.item ? `${labelOf(line)} ` : ""}${shown(chart, line.end)}`);
    return `${chart.title[language()]}. ${word("chart_end")}: ${ends.join(", ")}.`;
  }

  // What is on the screen comes first, the rest when there is time.
  let queue = [], timer = 0;
  function drawAll() {
    const seen = (plot) => { const box = plot.getBoundingClientRect(); return box.bottom > -200 && box.top < innerHeight + 200; };
    queue = plots().sort((one, other) => seen(other) - seen(one));
    clearTimeout(timer);
    const next = () => { const plot = queue.shift(); if (plot) { draw(plot); timer = setTimeout(next, 0); } else root.dataset.drawn = "yes"; };
    delete root.dataset.drawn;
    next();
  }
  const drawNow = () => { clearTimeout(timer); queue = []; plots().forEach(draw); };

  // Tables: the same numbers for those who cannot, or will not, read a chart

  function fillTable(details) {
    details.querySelector(".tablebox")?.remove();
    const name = details.dataset.table;
    const chart = name === "more" ? chartOf(document.querySelector("[data-more]")) : byId.get(name);
    const box = document.createElement("div"), table = document.createElement("table");
    box.className = "tablebox"; box.tabIndex = 0;
    box.setAttribute("role", "region"); box.setAttribute("aria-label", chart.title[language()]);
    const cell = (row, tag, text, small) => {
      const made = document.createElement(tag);
      made.textContent = text;
      if (tag === "th") made.scope = row.parentElement?.tagName === "THEAD" ? "col" : "row"; else made.className = "n";
      if (small) { const under = document.createElement("small"); under.textContent = small; made.append(under); }
      row.append(made);
      return made;
    };
    const top = table.createTHead().insertRow(), body = table.createTBody();
    cell(top, "th", word("week"));
    for (const line of chart.lines) cell(top, "th", nameOf(chart, line)).className = "n";
    weeksOf(chart).forEach((week, index) => {
      const row = body.insertRow();
      cell(row, "th", week);
      for (const line of chart.lines)
        cell(row, "td", shown(chart, line.middle[index]), line.low && line.middle[index] !== null ? `${shown(chart, line.low[index])} – ${shown(chart, line.high[index])}` : "");
    });
    box.append(table); details.append(box);
  }

  // Controls

  function makeChips() {
    const box = document.getElementById("chips");
    if (data.firms.length < 2) return;
    box.replaceChildren(); box.hidden = false; box.setAttribute("aria-label", word("highlight"));
    const add = (firm, text, place) => {
      const chip = document.createElement("button");
      chip.type = "button"; chip.setAttribute("aria-pressed", String(focused === firm));
      if (place !== null) {
        const dash = { solid: "", dash: "5 3", dot: "2 2" }[dashOf(place)];
        chip.innerHTML = `<svg aria-hidden="true" viewBox="0 0 20 8"><line x1="0" x2="20" y1="4" y2="4" stroke="var(--c${place % PALETTE})" stroke-width="3" stroke-dasharray="${dash}"/></svg>`;
      }
      chip.append(text);
      chip.onclick = () => { focused = focused === firm ? null : firm; makeChips(); drawAll(); };
      box.append(chip);
    };
    add(null, word("all_firms"), null);
    data.firms.forEach((firm, place) => add(firm, firm, place));
  }

  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = (name, value) => { try { if (value === undefined) return localStorage.getItem(name); localStorage.setItem(name, value); } catch { /* a file may have no storage */ } return null; };
  let theme = kept("userisation-theme") || "auto";
  function useTheme() {
    root.dataset.theme = theme === "auto" ? (system.matches ? "dark" : "light") : theme;
    document.getElementById("theme").textContent = word(theme);
  }
  document.getElementById("theme").onclick = () => {
    theme = { auto: "dark", dark: "light", light: "auto" }[theme];
    kept("userisation-theme", theme); useTheme(); drawAll();
  };
  system.addEventListener("change", () => { useTheme(); drawAll(); });

  function useLanguage(code) {
    root.lang = code;
    document.title = `${data.title[code]} · userisation`;
    for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === code));
    document.querySelectorAll("details.data[open]").forEach(fillTable);
    useTheme(); makeChips(); makeChoice(); drawAll();
  }
  for (const button of document.querySelectorAll("[data-language]")) button.onclick = () => useLanguage(button.dataset.language);

  function makeChoice() {
    const choice = document.getElementById("figure");
    if (!choice) return;
    const plot = document.querySelector("[data-more]");
    choice.replaceChildren(...data.charts.filter((chart) => chart.id.startsWith("more-")).map((chart) => new Option(chart.title[language()], chart.id)));
    choice.value = plot.dataset.chart;
    document.getElementById("meaning").textContent = chartOf(plot).meaning[language()];
    choice.onchange = () => {
      plot.dataset.chart = choice.value;
      document.getElementById("meaning").textContent = chartOf(plot).meaning[language()];
      const table = document.querySelector('[data-table="more"]');
      if (table.open) fillTable(table);
      draw(plot);
    };
  }

  for (const details of document.querySelectorAll("details.data")) details.ontoggle = () => { if (details.open) fillTable(details); };
  for (const button of document.querySelectorAll(".png")) button.onclick = () => {
    const plot = button.closest(".card").querySelector(".plot");
    window.Plotly.downloadImage(plot, { format: "png", scale: 2, width: plot.clientWidth, height: plot.clientHeight, filename: plot.dataset.chart });
  };
  let resized = 0, width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; clearTimeout(resized); resized = setTimeout(drawAll, 120); } });
  // Paper is light, and as wide as an A4 page: charts are drawn for it before the page is laid out.
  addEventListener("beforeprint", () => { root.dataset.theme = "light"; root.classList.add("printing"); drawNow(); });
  addEventListener("afterprint", () => { root.classList.remove("printing"); useTheme(); drawAll(); });

  useLanguage(root.lang);
})();
