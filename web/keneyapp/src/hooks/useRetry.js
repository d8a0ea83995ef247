// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

const DEFAULT_S = 5;

// After an error that passes by itself: calls `reload` when the wait that the server named is over,
// or when the network is back; the seconds until then.
export function useRetry(error, reload) {
  const [secondsLeft, setSecondsLeft] = useState(0);
  useEffect(() => {
    if (!error?.passes) return undefined;
    let left = error.retryAfterS || DEFAULT_S;
    setSecondsLeft(left);
    const timer = setInterval(() => {
      left -= 1;
      setSecondsLeft(left);
      if (left <= 0) {
        clearInterval(timer);
        reload();
      }
    }, 1000);
    window.addEventListener('online', reload);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', reload);
    };
  }, [error, reload]);
  return secondsLeft;
}
