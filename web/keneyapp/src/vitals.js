// SPDX-License-Identifier: Apache-2.0
// How fast this visit was for the one who made it: the Core Web Vitals, observed by the browser and
// sent once, when the page is put away. All times in milliseconds since the navigation began.

const ADDRESS = '/api/v1/vitals';
const SESSION_GAP_MS = 1000;
const SESSION_MAX_MS = 5000;
const INTERACTIONS_KEPT = 10;

// Addresses without ids: what the clinic counts under.
const pageOf = (path) => path.replace(/\/\d+(?=\/|$)/g, '/{id}');

function observe(type, onEntry, options = {}) {
  try {
    new PerformanceObserver((list) => list.getEntries().forEach(onEntry)).observe({
      type,
      buffered: true,
      ...options,
    });
  } catch {
    // A browser that does not know this kind of entry has nothing to tell about it.
  }
}

// Layout shifts count in windows: the worst one is the page's (web.dev/cls).
function observeShifts(vitals) {
  let sum = 0;
  let first = 0;
  let last = 0;
  vitals.cls = 0;
  observe('layout-shift', (entry) => {
    if (entry.hadRecentInput) return;
    const goesOn = entry.startTime - last < SESSION_GAP_MS && entry.startTime - first < SESSION_MAX_MS;
    if (!goesOn) first = entry.startTime;
    sum = goesOn ? sum + entry.value : entry.value;
    last = entry.startTime;
    vitals.cls = Math.max(vitals.cls, sum);
  });
}

// The slowest interaction, but for one in fifty (web.dev/inp). One interaction is several events.
function observeInteractions(vitals) {
  const slowest = new Map();
  const add = (entry) => {
    if (!entry.interactionId) return;
    slowest.set(entry.interactionId, Math.max(slowest.get(entry.interactionId) || 0, entry.duration));
    const order = [...slowest].sort((a, b) => b[1] - a[1]).slice(0, INTERACTIONS_KEPT);
    slowest.clear();
    order.forEach(([id, duration]) => slowest.set(id, duration));
    const passed = Math.floor((performance.interactionCount || order.length) / 50);
    vitals.inp = order[Math.min(passed, order.length - 1)][1];
  };
  observe('event', add, { durationThreshold: 16 });
  observe('first-input', (entry) => {
    vitals.fid = entry.processingStart - entry.startTime;
    add(entry);
  });
}

function observePaint(vitals) {
  observe('paint', (entry) => {
    if (entry.name === 'first-contentful-paint') vitals.fcp = entry.startTime;
  });
  observe('largest-contentful-paint', (entry) => {
    vitals.lcp = entry.startTime;
  });
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation) vitals.ttfb = navigation.responseStart;
}

export function observeVitals() {
  const page = pageOf(window.location.pathname);
  const vitals = {};
  let sent = false;
  // A tab that was opened in the background paints when somebody looks: that says nothing.
  if (document.visibilityState === 'hidden') return;
  observePaint(vitals);
  observeShifts(vitals);
  observeInteractions(vitals);
  const send = () => {
    if (sent) return;
    sent = true;
    const body = JSON.stringify({ page, ...vitals });
    navigator.sendBeacon(ADDRESS, new Blob([body], { type: 'application/json' }));
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') send();
  });
  window.addEventListener('pagehide', send);
}
