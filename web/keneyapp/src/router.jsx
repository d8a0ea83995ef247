// SPDX-License-Identifier: Apache-2.0
// The address bar as state: which page, and with which search, sort and page number. Nothing else
// keeps those, so reload, back and a link to a colleague all show the same.
import { useCallback, useMemo, useSyncExternalStore } from 'react';

const listeners = new Set();

function subscribe(listener) {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

export const here = () => window.location.pathname + window.location.search;

let moved = false;

// Whether somebody went from one page to another since the document was loaded.
export const hasMoved = () => moved;

export function navigate(to, { replace = false } = {}) {
  if (to === here()) return;
  moved = true;
  window.history[replace ? 'replaceState' : 'pushState'](null, '', to);
  listeners.forEach((listener) => listener());
}

export function usePath() {
  useSyncExternalStore(subscribe, here);
  return window.location.pathname.replace(/(.)\/$/, '$1');
}

// The query as an object, and a function that changes some of its members (empty ones disappear).
export function useQuery() {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const query = useMemo(() => Object.fromEntries(new URLSearchParams(search)), [search]);
  const change = useCallback((members, options = { replace: true }) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(members)) {
      if (value === '' || value == null) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    navigate(window.location.pathname + (text ? `?${text}` : ''), options);
  }, []);
  return [query, change];
}

// "/patients/:id" against "/patients/12": {id: "12"}, or null.
export function matchPath(pattern, path) {
  const want = pattern.split('/');
  const have = path.split('/');
  const params = {};
  if (want.length !== have.length) return null;
  for (let i = 0; i < want.length; i++) {
    if (want[i][0] === ':' && have[i]) params[want[i].slice(1)] = have[i];
    else if (want[i] !== have[i]) return null;
  }
  return params;
}

// A real link: middle clicks and modifiers do what the browser does with links.
export function Link({ to, onClick, ...rest }) {
  const follow = (event) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={to} onClick={follow} {...rest} />;
}
