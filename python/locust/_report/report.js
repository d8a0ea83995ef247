// Charts of the report, drawn at the width they have, so that their text stays readable on a phone.
// Text from the test is only ever set as text, never as markup.
"use strict";
(() => {
  const args = window.templateArgs;
  const begin = Date.parse(args.start_time) / 1000;
  const LEFT = 52, RIGHT = 14, TOP = 10, BOTTOM = 24;

  function make(name, attributes, parent) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.append(node);
    return node;
  }

  function label(parent, x, y, text, anchor) {
    make("text", { x, y, "text-anchor": anchor || "start" }, parent).textContent = text;
  }

  function shown(value) {
    const digits = value >= 100 || value === Math.round(value) ? 0 : value >= 1 ? 1 : 2;
    return value.toLocaleString("en-US", { maximumFractionDigits: digits });
  }

  function clock(seconds) {
    const s = Math.round(seconds), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    const two = (n) => String(n).padStart(2, "0");
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  }

  // Round numbers from 0 to at least `top`, about `count` of them.
  function ticks(top, count, steps) {
    const power = 10 ** Math.floor(Math.log10(top / count));
    const list = steps || [1, 2, 2.5, 5, 10].map((n) => n * power);
    const step = list.find((s) => top / s <= count) || list[list.length - 1];
    const all = [];
    for (let value = 0; value < top + step * 0.999; value += step) all.push(value);
    return all;
  }

  const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400];

  const since = (time) => Math.max(0, Date.parse(time) / 1000 - begin);
  const ofHistory = (key) => args.history.map((point) => [since(point.time), point[key][1]]);
  const ofSeconds = (column) => args.throughput.map((row) => [row[0], row[column]]);
  // Before the first requests a percentile is 0 because there is nothing to take it from.
  const timesOf = (key) => args.history.map((point) =>
    [since(point.time), point.current_rps[1] > 0 ? point[key][1] : point[key][1] || null]);
  const fromZero = (points) => (points[0]?.[0] > 0 ? [[0, 0], ...points] : points);
  const charts = {
    throughput: {
      title: "Requests per second",
      unit: "/s",
      series: [
        { name: "Requests", color: "--requests", area: true, points: ofSeconds(1) },
        { name: "Failures", color: "--failed", area: true, points: ofSeconds(2) },
      ],
    },
    times: {
      title: "Response time",
      unit: " ms",
      series: args.percentiles_to_chart.map((p, i) => ({
        name: `${+(p * 100).toFixed(4)}th percentile`,
        color: `--p${i}`,
        points: timesOf(`response_time_percentile_${p}`),
      })),
    },
    users: {
      title: "Users",
      unit: "",
      series: [
        { name: "Users", color: "--users", area: true, points: fromZero(ofHistory("user_count")) },
      ],
    },
  };
  const pointsOf = (chart) => chart.series.flatMap((series) => series.points);
  const last = Math.max(1, ...Object.values(charts).flatMap(pointsOf).map((p) => p[0]));

  function caption(figure, chart) {
    const node = document.createElement("figcaption");
    const title = document.createElement("strong");
    title.textContent = chart.title;
    node.append(title);
    for (const series of chart.series) {
      const item = document.createElement("span");
      item.style.setProperty("--color", `var(${series.color})`);
      item.textContent = series.name;
      series.item = item;
      node.append(item);
    }
    chart.at = document.createElement("div");
    chart.at.className = "at";
    node.append(chart.at);
    figure.append(node);
  }

  // A gap where there is no value.
  function path(points, x, y) {
    let d = "", pen = false;
    for (const [t, value] of points) {
      if (value !== null) d += `${pen ? "L" : "M"}${x(t).toFixed(1)},${y(value).toFixed(1)}`;
      pen = value !== null;
    }
    return d;
  }

  function axes(svg, width, height, x, y, values) {
    for (const value of values) {
      make("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }, svg);
      label(svg, LEFT - 8, y(value) + 4, shown(value), "end");
    }
    for (const t of ticks(last, Math.max(2, Math.floor(width / 110)), TIME_STEPS))
      if (t <= last) label(svg, x(t), height - 6, clock(t), t === 0 ? "start" : "middle");
  }

  function drawSeries(svg, series, x, y) {
    const known = series.points.filter((p) => p[1] !== null);
    const color = `var(${series.color})`;
    const d = path(series.points, x, y);
    if (series.area && known.length > 1) {
      const ends = `L${x(known[known.length - 1][0])},${y(0)}L${x(known[0][0])},${y(0)}Z`;
      make("path", { class: "area", d: d + ends, fill: color }, svg);
    }
    make("path", { class: "line", d, stroke: color }, svg);
    if (known.length < 40)
      for (const [t, value] of known)
        make("circle", { cx: x(t), cy: y(value), r: 2.5, fill: color }, svg);
  }

  function nearest(points, t) {
    let best = null;
    const distance = (point) => Math.abs(point[0] - t);
    for (const point of points)
      if (point[1] !== null && (!best || distance(point) < distance(best))) best = point;
    return best;
  }

  // The cursor stands at the same moment in all charts.
  function point(t) {
    for (const chart of Object.values(charts)) {
      for (const series of chart.series) {
        const found = t === null ? null : nearest(series.points, t);
        const value = found ? ` ${shown(found[1])}${chart.unit}` : "";
        series.item.textContent = series.name + value;
      }
      if (!chart.cursor) continue;
      chart.cursor.setAttribute("visibility", t === null ? "hidden" : "visible");
      if (t === null) { chart.at.textContent = ""; continue; }
      chart.cursor.setAttribute("x1", chart.x(t));
      chart.cursor.setAttribute("x2", chart.x(t));
      const moment = new Date(Math.round(begin + t) * 1000).toISOString().slice(11, 19);
      chart.at.textContent = `after ${clock(t)} (${moment} UTC)`;
    }
  }

  function draw(figure, chart) {
    const width = figure.clientWidth, height = width < 520 ? 150 : 190;
    const highest = Math.max(0, ...pointsOf(chart).map((p) => p[1] || 0)) || 1;
    const values = ticks(highest, 4);
    const top = values[values.length - 1];
    const x = (t) => LEFT + (t / last) * (width - LEFT - RIGHT);
    const y = (value) => height - BOTTOM - (value / top) * (height - TOP - BOTTOM);
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
    svg.setAttribute("aria-label", `${chart.title} over time`);
    axes(svg, width, height, x, y, values);
    for (const series of chart.series) drawSeries(svg, series, x, y);
    chart.cursor = make("line", { class: "cursor", y1: TOP, y2: height - BOTTOM }, svg);
    chart.cursor.setAttribute("visibility", "hidden");
    chart.x = x;
    svg.addEventListener("pointermove", (event) => {
      const at = event.clientX - svg.getBoundingClientRect().left;
      point(Math.min(last, Math.max(0, ((at - LEFT) / (width - LEFT - RIGHT)) * last)));
    });
    svg.addEventListener("pointerleave", () => point(null));
    figure.querySelector("svg")?.remove();
    figure.append(svg);
  }

  function drawDistribution(figure) {
    const bins = args.distribution, width = figure.clientWidth, height = width < 520 ? 170 : 220;
    const all = bins.reduce((sum, bin) => sum + bin[2], 0);
    const highest = Math.max(...bins.map((bin) => bin[2])) / all * 100;
    const values = ticks(highest, 4), top = values[values.length - 1];
    const wide = Math.min(60, (width - LEFT - RIGHT) / bins.length);
    const y = (percent) => height - BOTTOM - (percent / top) * (height - TOP - BOTTOM - 14);
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" });
    svg.setAttribute("aria-label", "Share of requests by response time");
    for (const value of values) {
      make("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }, svg);
      label(svg, LEFT - 8, y(value) + 4, `${shown(value)} %`, "end");
    }
    const every = Math.ceil(bins.length / Math.max(2, Math.floor((width - LEFT) / 64)));
    bins.forEach(([from, below, count], i) => {
      const share = count / all * 100, x = LEFT + i * wide;
      const size = { width: Math.max(1, wide - 2), height: y(0) - y(share), rx: 2 };
      const bar = make("rect", { x: x + 1, y: y(share), ...size, fill: "var(--p0)" }, svg);
      const what = `${count.toLocaleString("en-US")} requests, ${share.toFixed(2)} %`;
      make("title", {}, bar).textContent = `${from} to ${below} ms: ${what}`;
      const unit = i === 0 ? " ms" : "";
      if (i % every === 0) label(svg, x, height - 6, shown(from) + unit, "middle");
    });
    if (bins.length > 3) drawMarks(svg, bins, wide, height);
    figure.querySelector("svg")?.remove();
    figure.append(svg);
  }

  function drawMarks(svg, bins, wide, height) {
    const total = args.response_time_statistics[args.response_time_statistics.length - 1];
    for (const [key, anchor] of [["0.5", "end"], ["0.95", "end"], ["0.99", "start"]]) {
      const value = total[key];
      const index = bins.findIndex((bin) => value < bin[1]);
      if (index < 0) continue;
      const [from, below] = bins[index];
      const x = LEFT + (index + (value - from) / (below - from)) * wide;
      make("line", { class: "mark", x1: x, x2: x, y1: TOP - 6, y2: height - BOTTOM }, svg);
      label(svg, anchor === "end" ? x - 4 : x + 4, TOP + 2, `p${key * 100}`, anchor);
    }
  }

  function drawAll() {
    for (const figure of document.querySelectorAll("figure")) {
      const name = figure.dataset.chart;
      if (name in charts && last) draw(figure, charts[name]);
      if (name === "distribution" && args.distribution.length) drawDistribution(figure);
    }
  }

  function sortBy(head) {
    const table = head.closest("table"), index = head.cellIndex;
    // Numbers from the largest down first, text from A on; the other way at the second click.
    const sorted = head.getAttribute("aria-sort");
    const down = sorted ? sorted === "ascending" : head.className === "n";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.cells[index].dataset.sort ?? row.cells[index].textContent;
    const compare = (a, b) => {
      const order = key(a) - key(b);
      return Number.isNaN(order) ? key(a).localeCompare(key(b)) : order;
    };
    const body = table.tBodies[0];
    const rows = [...body.rows].filter((row) => !row.classList.contains("total")).sort(compare);
    if (down) rows.reverse();
    body.prepend(...rows);
  }

  function switchTheme() {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  document.getElementById("charts").hidden = !args.throughput.length && !args.history.length;
  document.getElementById("spread").hidden = !args.distribution.length;
  for (const figure of document.querySelectorAll("figure"))
    if (figure.dataset.chart in charts) caption(figure, charts[figure.dataset.chart]);
  drawAll();
  addEventListener("resize", drawAll);
  document.getElementById("theme").addEventListener("click", switchTheme);
  for (const head of document.querySelectorAll("table.sortable th"))
    head.addEventListener("click", () => sortBy(head));
})();
