"use strict";
// Draws the charts of an answer. The data stand in the page; nothing is loaded.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const word = (name) => data.words[name][root.lang];
  const colourOf = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const plots = () => [...document.querySelectorAll(".plot")].filter((plot) => plot.clientWidth > 0);
  const chartOf = (plot) => { const [code, place] = plot.dataset.chart.split("-"); return data.charts[code][Number(place)]; };
  // The drawing library reads a little HTML in texts: they are shown as they are, but for breaks of lines.
  const plain = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\n/g, "<br>");
  const TEXTS = new Set(["text", "name", "x", "y", "z", "labels", "ticktext", "hovertext", "customdata", "categoryarray"]);

  function colour(token) {
    const [name, opacity] = token.slice(1).split("/"), hex = colourOf(name);
    if (opacity === undefined) return hex;
    const full = hex.length === 4 ? "#" + [...hex.slice(1)].map((digit) => digit + digit).join("") : hex;
    return `rgba(${[1, 3, 5].map((start) => parseInt(full.slice(start, start + 2), 16)).join(",")},${opacity})`;
  }

  function resolved(value, isText = false) {
    if (typeof value === "string") return isText ? plain(value) : /^@[a-z]\w*(\/[\d.]+)?$/.test(value) ? colour(value) : value;
    if (Array.isArray(value)) return value.map((inner) => resolved(inner, isText));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, TEXTS.has(key))]));
  }

  const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  function merged(under, over) {
    const made = { ...under };
    for (const [key, value] of Object.entries(over)) made[key] = isPlain(value) && isPlain(made[key]) ? merged(made[key], value) : value;
    return made;
  }

  function layoutOf(chart, plot) {
    const muted = { color: colourOf("muted"), size: 12 }, line = colourOf("line"), narrow = plot.clientWidth < 460;
    const axis = {
      gridcolor: line, zerolinecolor: colourOf("muted"), zerolinewidth: 1, linecolor: line, tickfont: muted, fixedrange: true,
      automargin: true, title: { font: muted, standoff: 10 }, nticks: narrow ? 5 : undefined,
    };
    const base = {
      width: plot.clientWidth, height: plot.clientHeight, margin: { l: 12, r: 16, t: 10, b: 12 }, dragmode: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", bargap: 0.3, showlegend: false,
      separators: root.lang === "fr" ? ",\u202f" : ".,", font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colourOf("ink") },
      hoverlabel: { bgcolor: colourOf("surface"), bordercolor: line, font: { color: colourOf("ink"), size: 12 }, namelength: 40 },
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", font: { size: 12 }, bgcolor: "rgba(0,0,0,0)" },
      xaxis: { ...axis, showgrid: false }, yaxis: axis,
    };
    const own = resolved(chart.layout);
    for (const key of Object.keys(own)) if (/^[xy]axis\d+$/.test(key)) base[key] = axis;
    return merged(base, own);
  }

  function draw(plot) {
    const chart = chartOf(plot);
    return window.Plotly.react(plot, chart.data.map((trace) => resolved(trace)), layoutOf(chart, plot), { displayModeBar: false, responsive: false });
  }

  async function drawAll() {
    delete root.dataset.drawn;
    if (window.Plotly) await Promise.all(plots().map(draw));
    root.dataset.drawn = "yes";
  }

  // Language and theme

  // The scenarios stand in the page once, and move to the language that is read.
  function moveTexts(code) {
    for (const details of document.querySelectorAll(`main[lang="${code}"] [data-full]`)) {
      if (details.querySelector("pre")) continue;
      const pre = document.querySelector(`[data-full="${details.dataset.full}"] pre`);
      if (pre) details.append(pre);
    }
  }
  function useLanguage(code) {
    root.lang = code;
    document.title = `${data.titles[code]} · userisation`;
    for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === code));
    moveTexts(code);
    showTheme();
    drawAll();
  }
  let theme = "auto";
  const system = matchMedia("(prefers-color-scheme: dark)");
  function showTheme() { document.getElementById("theme").textContent = word(theme); }
  function useTheme() {
    root.dataset.theme = theme === "auto" ? (system.matches ? "dark" : "light") : theme;
    showTheme();
  }
  document.getElementById("theme").onclick = () => {
    theme = { auto: "light", light: "dark", dark: "auto" }[theme];
    useTheme();
    drawAll();
  };
  system.addEventListener("change", () => { useTheme(); drawAll(); });
  for (const button of document.querySelectorAll("[data-language]")) button.onclick = () => useLanguage(button.dataset.language);
  for (const button of document.querySelectorAll(".png")) button.onclick = () => {
    const plot = button.closest(".card").querySelector(".plot");
    window.Plotly.downloadImage(plot, { format: "png", scale: 2, width: plot.clientWidth, height: plot.clientHeight, filename: plot.dataset.chart });
  };
  let resized = 0, width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; clearTimeout(resized); resized = setTimeout(drawAll, 120); } });
  // Paper is light, as wide as an A4 page, and shows everything.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
    root.dataset.theme = "light";
    root.classList.add("printing");
    for (const plot of plots()) draw(plot);
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    root.classList.remove("printing");
    useTheme();
    drawAll();
  });
  useTheme();
  useLanguage(root.lang);
})();
