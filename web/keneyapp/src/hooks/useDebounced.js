// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

// `value` as it was when it had not changed for `delayMs`.
export function useDebounced(value, delayMs = 250) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
