/* The HTML report of mptcp,plot: hands the points of this file to dygraphs. SPDX-License-Identifier: GPL-2.0-or-later */
'use strict';
(function () {
const data = JSON.parse(document.getElementById('data').textContent);
const holder = document.getElementById('graphs');
const full = [data.start, data.end > data.start ? data.end : data.start + 0.001];
const DASHES = [null, [8, 3], [2, 3], [8, 3, 2, 3]];
/* As in series_look.h: what happened to the bytes is a symbol, the same on all subflows. */
const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'cross', 'plus'];
const all = [];
let range = full.slice(), showEvents = true, syncing = false;

/* --- colours and words --- */

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* What the connection's time went to: one of them has all at each time. */
function isArea(series) {
  return series.subflow === null && series.stacks;
}

function colour(series) {
  if (isArea(series))
    return css('--s' + series.kind % 6);
  return css(series.subflow === null ? (series.kind ? '--sx' : '--ink') : '--s' + series.subflow % 6);
}

const UNITS = {
  s: v => ({ axis: v / 1e6, text: (v / 1e6).toFixed(6) + ' ms' }),
  bps: v => ({ axis: v, text: si(v, 4) + 'bit/s' }),
  share: v => ({ axis: v, text: (100 * v).toFixed(2) + ' %' }),
  bytes: v => ({ axis: v, text: v.toLocaleString('en') + ' bytes' }),
};
const plain = v => ({ axis: v, text: v.toLocaleString('en') });

function si(v, digits) {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  let k = 0;
  while (Math.abs(v) >= 999.95 && k < prefixes.length - 1) {
    v /= 1000;
    k++;
  }
  return +v.toPrecision(digits) + ' ' + prefixes[k];
}

function axisLabel(unit) {
  if (unit === 'share')
    return v => Math.round(100 * v) + ' %';
  return v => si(v, 4);
}

function shape(series) {
  return SHAPES[series.subflow === null ? 5 : series.kind % 5];
}

/* --- from the file's differences to points --- */

function decode(graph) {
  graph.series.forEach(s => {
    let t = 0, f = 0, v = 0;
    s.t = s.t.map(d => (t += d));
    s.f = s.f.map(d => (f += d));
    if (s.differences)
      s.v = s.v.map(d => (v += d));
  });
}

/* One row a point; points of several series at the same time share a row where they fit. `filled`: each series holds
 * its last value, so that steps can be stacked. */
function rowsOf(graph, chosen, filled) {
  const unit = UNITS[graph.unit] || plain;
  const order = [];
  chosen.forEach((s, k) => s.t.forEach((t, i) => order.push([t, k, i])));
  order.sort((a, b) => a[0] - b[0]);
  const rows = [], at = [], last = chosen.map(() => (filled ? 0 : null));
  order.forEach(([t, k, i]) => {
    const x = t / 1e9;
    let row = rows[rows.length - 1], where = at[at.length - 1];
    if (!row || row[0] !== x || where[k] !== undefined) {
      row = [x].concat(filled ? last : chosen.map(() => null));
      where = [];
      rows.push(row);
      at.push(where);
    }
    row[k + 1] = unit(chosen[k].v[i]).axis;
    if (filled)
      last[k] = row[k + 1];
    where[k] = i;
  });
  return { rows, at };
}

/* --- drawing what dygraphs leaves to its user --- */

function mark(ctx, shape, x, y, r) {
  ctx.beginPath();
  if (shape === 'circle') {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === 'square') {
    ctx.rect(x - r, y - r, 2 * r, 2 * r);
  } else if (shape === 'triangle') {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.lineTo(x - r, y + r);
    ctx.closePath();
  } else if (shape === 'diamond') {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y + r);
    ctx.lineTo(x - r, y);
    ctx.closePath();
  } else if (shape === 'plus') {
    ctx.moveTo(x - r, y);
    ctx.lineTo(x + r, y);
    ctx.moveTo(x, y - r);
    ctx.lineTo(x, y + r);
  } else {
    ctx.moveTo(x - r, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.moveTo(x + r, y - r);
    ctx.lineTo(x - r, y + r);
  }
}

function pointDrawer(state, k) {
  const s = state.chosen[k];
  let before = { row: Infinity };
  return function (g, name, ctx, x, y, color, size, row) {
    const i = state.at[row] && state.at[row][k];
    ctx.strokeStyle = ctx.fillStyle = color;
    ctx.lineWidth = 1.5;
    if (s.style === 'bars' && s.l) {
      /* Never shorter than can be seen. */
      const top = Math.min(g.toDomYCoord(s.v[i] + (s.l[i] || 0)), y - 3);
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x, top);
      ctx.stroke();
      ctx.lineWidth = 1.5;
    }
    if (s.style === 'bars' && s.kind === 0)
      return;
    /* Marks upon each other would hide all. */
    if (s.style === 'bars' && row > before.row && Math.abs(x - before.x) < 5 && Math.abs(y - before.y) < 5)
      return;
    before = { row, x, y };
    mark(ctx, shape(s), x, y, s.style === 'bars' ? 4 : 2.5);
    if (s.style === 'dots')
      ctx.fill();
    ctx.stroke();
  };
}

function events(ctx, area, g) {
  if (!showEvents)
    return;
  let free = -1e9;
  ctx.save();
  ctx.strokeStyle = css('--line');
  ctx.fillStyle = css('--soft');
  ctx.font = '11px sans-serif';
  data.events.forEach(e => {
    const x = g.toDomXCoord(e.t / 1e9);
    if (x < area.x || x > area.x + area.w)
      return;
    ctx.beginPath();
    ctx.setLineDash([2, 4]);
    ctx.moveTo(x, area.y);
    ctx.lineTo(x, area.y + area.h);
    ctx.stroke();
    const width = ctx.measureText(e.type).width;
    const left = x + 3 + width > area.x + area.w ? x - width - 3 : x + 3;
    if (left > free) {
      ctx.fillText(e.type, left, area.y + 11);
      free = left + width + 5;
    }
  });
  ctx.restore();
}

/* --- one graph --- */

function describe(state, row, name) {
  const k = state.chosen.findIndex(s => s.title === name);
  const i = k < 0 || !state.at[row] ? undefined : state.at[row][k];
  if (i === undefined)
    return '';
  const s = state.chosen[k], graph = state.graph;
  let text = (s.t[i] / 1e9).toFixed(9) + ' s, ' + s.title + ': ' + (UNITS[graph.unit] || plain)(s.v[i]).text;
  if (s.l && s.l[i])
    text += graph.unit === 'dsn' || graph.unit === 'ssn' ? ' to ' + (s.v[i] + s.l[i] - 1).toLocaleString('en')
                                                         : ', ' + s.l[i].toLocaleString('en') + ' bytes';
  text += s.f[i] ? ', frame ' + s.f[i] : ', no frame: a byte left the window';
  if (s.ff && s.ff[i])
    text += ', first copy in frame ' + s.ff[i];
  return text;
}

function seriesOptions(state) {
  const options = {};
  state.chosen.forEach((s, k) => {
    const steps = s.style === 'step', dots = s.style === 'dots' || s.style === 'bars';
    options[s.title] = {
      color: colour(s),
      stepPlot: steps,
      fillGraph: isArea(s),
      strokeWidth: dots ? 0 : s.style === 'line' ? 4 : 1.4,
      strokePattern: steps ? DASHES[(s.kind + (s.subflow || 0)) % DASHES.length] : null,
      drawPoints: dots || s.style === 'line',
      pointSize: 3,
      drawPointCallback: pointDrawer(state, k),
      drawHighlightPointCallback: (g, name, ctx, x, y, color) => {
        ctx.strokeStyle = color;
        ctx.lineWidth = 2;
        mark(ctx, 'circle', x, y, 6);
        ctx.stroke();
      },
    };
  });
  return options;
}

function valueRange(graph) {
  if (graph.unit === 'subflow')
    return [-0.6, data.subflows.length - 0.4];
  if (graph.unit === 'share')
    return [0, 1.02];
  const positions = graph.unit === 'dsn' || graph.unit === 'ssn';
  if (!positions && !graph.series.some(s => s.aside))
    return [0, null];
  /* Bars reach above their points. What is aside is drawn where it fits. */
  let low = positions ? Infinity : 0, high = -Infinity;
  graph.series.filter(s => !s.aside).forEach(s => s.v.forEach((v, i) => {
    low = Math.min(low, v);
    high = Math.max(high, v + (positions && s.l && s.l[i] || 0));
  }));
  return high > low ? [positions ? low - (high - low) / 50 : 0, high + (high - low) / 50] : [0, null];
}

function subflowTicks() {
  return data.subflows.map((s, id) => ({ v: id, label: 'subflow ' + id }));
}

function draw(state) {
  const graph = state.graph;
  /* What is of the connection is behind what is of its subflows. */
  state.chosen = state.stacked ? graph.series.filter(s => s.stacks)
    : graph.series.filter(s => s.subflow === null).concat(graph.series.filter(s => s.subflow !== null));
  Object.assign(state, rowsOf(graph, state.chosen, state.stacked));
  if (state.g)
    state.g.destroy();
  const subflows = graph.unit === 'subflow';
  state.g = new Dygraph(state.chart, state.rows, {
    labels: ['time'].concat(state.chosen.map(s => s.title)),
    series: seriesOptions(state),
    visibility: state.chosen.map(s => !s.hidden),
    connectSeparatedPoints: true,
    rightGap: 12,
    stackedGraph: state.stacked,
    fillAlpha: 0.35,
    legend: 'never',
    dateWindow: range.slice(),
    valueRange: state.stacked ? [0, null] : valueRange(graph),
    gridLineColor: css('--line'),
    axisLineColor: css('--soft'),
    highlightSeriesOpts: { highlightCircleSize: 5 },
    highlightSeriesBackgroundAlpha: 1,
    interactionModel: Object.assign({}, Dygraph.defaultInteractionModel, { dblclick: reset }),
    xlabel: 'seconds since the first frame',
    ylabel: subflows ? '' : graph.unit === 's' ? 'ms' : graph.unitTitle,
    yLabelWidth: 16,
    axes: {
      x: { axisLabelFormatter: v => +v.toPrecision(9) },
      y: Object.assign({ axisLabelWidth: 70, axisLabelFormatter: axisLabel(graph.unit) },
                       subflows ? { ticker: subflowTicks } : {}),
    },
    underlayCallback: (ctx, area, g) => events(ctx, area, g),
    highlightCallback: (e, x, points, row, name) => {
      state.row = row;
      state.name = name;
      state.readout.textContent = describe(state, row, name) || state.readout.textContent;
    },
    drawCallback: (g, initial) => initial || follow(g),
  });
  state.drawn = true;
}

/* All time axes are one. */
function follow(g) {
  if (syncing)
    return;
  const [a, b] = g.xAxisRange();
  if (Math.abs(a - range[0]) + Math.abs(b - range[1]) > 1e-12)
    zoomTo(a, b);
}

function zoomTo(a, b) {
  syncing = true;
  range = [a, b];
  all.forEach(state => state.g && state.g.updateOptions({ dateWindow: range.slice() }));
  syncing = false;
}

function zoom(factor) {
  const middle = (range[0] + range[1]) / 2, half = (range[1] - range[0]) / 2 * factor;
  zoomTo(middle - half, middle + half);
}

function pan(part) {
  const by = (range[1] - range[0]) * part;
  zoomTo(range[0] + by, range[1] + by);
}

function reset() {
  all.forEach(state => state.g && state.g.updateOptions(
    { valueRange: state.stacked ? [0, null] : valueRange(state.graph) }, true));
  zoomTo(full[0], full[1]);
}

/* The next or previous point of the series last shown. */
function step(state, by) {
  let k = state.chosen.findIndex(s => s.title === state.name);
  k = k < 0 ? 0 : k;
  for (let row = state.row === undefined ? 0 : state.row + by; row >= 0 && row < state.at.length; row += by) {
    if (state.at[row][k] === undefined)
      continue;
    state.row = row;
    state.name = state.chosen[k].title;
    state.g.setSelection(row, state.name, false);
    state.readout.textContent = describe(state, row, state.name);
    const x = state.rows[row][0];
    if (x < range[0] || x > range[1])
      zoomTo(x - (range[1] - range[0]) / 2, x + (range[1] - range[0]) / 2);
    return;
  }
}

function key(state, e) {
  const act = {
    ArrowLeft: () => pan(-0.1), ArrowRight: () => pan(0.1), '+': () => zoom(0.5), '-': () => zoom(2),
    Home: reset, '0': reset, '.': () => step(state, 1), ',': () => step(state, -1),
  }[e.key];
  if (!act || e.ctrlKey || e.metaKey || e.altKey)
    return;
  e.preventDefault();
  act();
}

/* --- the page --- */

function element(name, properties, children) {
  const e = Object.assign(document.createElement(name), properties);
  (children || []).forEach(c => e.append(c));
  return e;
}

function swatch(s) {
  const canvas = element('canvas', { width: 60, height: 28 });
  canvas.style.width = '30px';
  canvas.style.height = '14px';
  canvas.setAttribute('aria-hidden', 'true');
  const ctx = canvas.getContext('2d');
  ctx.scale(2, 2);
  ctx.strokeStyle = ctx.fillStyle = colour(s);
  ctx.lineWidth = s.style === 'line' ? 4 : 2;
  if (s.style === 'step' || s.style === 'line') {
    ctx.setLineDash(s.style === 'step' ? DASHES[(s.kind + (s.subflow || 0)) % DASHES.length] || [] : []);
    ctx.beginPath();
    ctx.moveTo(1, 7);
    ctx.lineTo(29, 7);
  } else if (s.style === 'bars' && s.kind === 0) {
    ctx.beginPath();
    ctx.moveTo(15, 1);
    ctx.lineTo(15, 13);
  } else {
    mark(ctx, shape(s), 15, 7, 4);
    if (s.style === 'dots')
      ctx.fill();
  }
  ctx.stroke();
  return canvas;
}

function legendItem(state, s) {
  const box = element('input', { type: 'checkbox', checked: !s.hidden });
  box.addEventListener('change', () => {
    s.hidden = !box.checked;
    const k = state.chosen ? state.chosen.indexOf(s) : -1;
    if (state.g && k >= 0)
      state.g.setVisibility(k, box.checked);
  });
  return element('li', {}, [element('label', {}, [box, swatch(s), s.title])]);
}

function fillLegend(state) {
  state.legend.replaceChildren(...state.graph.series.map(s => legendItem(state, s)));
}

function stackBox(state) {
  const box = element('input', { type: 'checkbox' });
  box.addEventListener('change', () => {
    state.stacked = box.checked;
    draw(state);
  });
  return element('label', { className: 'stack' }, [box, ' stacked']);
}

function place(graph) {
  const state = { graph, stacked: false };
  const thinned = graph.kept < graph.total
    ? graph.kept.toLocaleString('en') + ' of ' + graph.total.toLocaleString('en') + ' points drawn; extremes and gaps are kept'
    : graph.total.toLocaleString('en') + (graph.total === 1 ? ' point' : ' points');
  state.chart = element('div', { className: 'chart', tabIndex: 0 });
  state.chart.setAttribute('role', 'application');
  state.chart.setAttribute('aria-label', graph.title + ': graph over time. Keys: arrows pan, plus and minus zoom, ' +
                                         'Home resets, full stop and comma read points.');
  state.chart.addEventListener('keydown', e => key(state, e));
  state.legend = element('ul', { className: 'legend' });
  state.readout = element('div', { className: 'readout soft' });
  state.readout.setAttribute('role', 'status');
  const head = element('header', {}, [element('h3', { textContent: graph.title }),
                                      element('span', { className: 'soft', textContent: thinned })]);
  if (graph.series.filter(s => s.stacks).length > 1)
    head.append(stackBox(state));
  holder.append(element('section', { className: 'graph', id: graph.type }, [head, state.legend, state.chart, state.readout]));
  fillLegend(state);
  all.push(state);
}

function drawAll() {
  all.forEach(state => state.drawn || draw(state));
}

function recolour() {
  all.forEach(state => {
    fillLegend(state);
    if (state.drawn)
      draw(state);
  });
}

function tools() {
  const button = (text, title, act) => {
    const b = element('button', { type: 'button', textContent: text, title });
    b.addEventListener('click', act);
    return b;
  };
  const box = element('input', { type: 'checkbox', checked: true });
  box.addEventListener('change', () => {
    showEvents = box.checked;
    all.forEach(state => state.g && state.g.updateOptions({}));
  });
  holder.before(element('div', { className: 'tools' }, [
    button('Zoom in', 'key +', () => zoom(0.5)), button('Zoom out', 'key -', () => zoom(2)),
    button('\u2190', 'earlier: key arrow left', () => pan(-0.25)),
    button('\u2192', 'later: key arrow right', () => pan(0.25)), button('Reset', 'key Home', reset),
    element('label', {}, [box, ' events']),
    element('span', { className: 'soft keys',
                      textContent: 'Drag: zoom. Shift and drag: move. Keys in a graph: arrows, +, -, Home; . and , read points.' }),
  ]));
}

data.graphs.forEach(decode);
tools();
data.graphs.forEach(place);
const seen = new IntersectionObserver(entries => entries.forEach(e => {
  const state = all.find(s => s.chart === e.target);
  if (e.isIntersecting && !state.drawn)
    draw(state);
}), { rootMargin: '300px' });
all.forEach(state => seen.observe(state.chart));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
matchMedia('print').addEventListener('change', () => { drawAll(); recolour(); });
window.addEventListener('beforeprint', drawAll);
window.mptcpscope = { data, all, drawAll, zoomTo, range: () => range };
})();
