// SPDX-License-Identifier: Apache-2.0
// One GET of the interface as state. What was shown last for an address is shown again at once while
// the answer is on its way; what passes by itself (429, 503, no network) is asked for again.
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api.js';
import { useRetry } from './useRetry.js';

const KEPT_MAX = 60;

const kept = new Map();
let era = 0; // ends when somebody leaves: answers to them that come later are not kept

function keep(address, data, asked) {
  if (asked !== era) return;
  kept.delete(address);
  kept.set(address, data);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value);
}

// Nothing of one user may be seen by the next.
export function forgetResources() {
  kept.clear();
  era += 1;
}

function addressOf(path, query) {
  const given = Object.entries(query || {}).filter(([, value]) => value !== '' && value != null);
  return path && (given.length ? `${path}?${new URLSearchParams(given)}` : path);
}

const pathOf = (address) => address?.split('?')[0];

// `path` null: nothing is asked for. While `loading`, `data` may be the same path's of another query
// (the last page, the last search), so that a list does not vanish while the next one comes.
export function useResource(path, query) {
  const address = addressOf(path, query);
  const [state, setState] = useState({ address, data: kept.get(address), error: null });
  const [loading, setLoading] = useState(Boolean(address));
  const current = useRef(null);

  const reload = useCallback(async () => {
    current.current?.abort();
    if (!address) return;
    const asked = era;
    const control = new AbortController();
    current.current = control;
    setLoading(true);
    try {
      const data = await api.get(address, { signal: control.signal });
      keep(address, data, asked);
      setState({ address, data, error: null });
    } catch (error) {
      if (control.signal.aborted) return;
      setState((before) => ({ address, data: error.passes ? before.data : undefined, error }));
    }
    if (current.current === control) setLoading(false);
  }, [address]);

  useEffect(() => {
    if (address && kept.has(address)) setState({ address, data: kept.get(address), error: null });
    reload();
    return () => current.current?.abort();
  }, [address, reload]);

  const retryInS = useRetry(state.error, reload);
  const data = pathOf(state.address) === pathOf(address) ? state.data : undefined;
  const error = state.address === address ? state.error : null;
  return { data, error, loading, retryInS, reload };
}
