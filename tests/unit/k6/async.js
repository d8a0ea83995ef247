// Promises and timers keep the iteration alive.
// log: Uncaught (in promise) Error: boom
// log: \tat *
// log: after
// log: Uncaught (in promise) Error: un
// log: \tat *
// log: Error: timer
// log: \tat *
// log: first
// log: second 1 2
// log: all 20 of them
// log: GoError: group() does not support async functions as arguments: *
// log: \tat *
// log: GoError: the built-in check() does not support async functions as arguments: *
// log: \tat *
// log: awaited 3 7
// log: 0,1,2
import { check, group } from 'k6';
import { setTimeout as later } from 'k6/timers';

export const options = { iterations: 8 };
const ready = await new Promise((resolve) => setTimeout(() => resolve(7), 1));

export default function () {
  switch (__ITER) {
    case 0:
      return (async () => { await Promise.resolve(); throw new Error('boom'); })();
    case 1:
      Promise.reject(new Error('un'));
      Promise.reject(new Error('handled')).catch(() => {});
      console.log('after');
      return undefined;
    case 2:
      setTimeout(() => { throw new Error('timer'); }, 1);
      return setTimeout(() => console.log('never'), 2);
    case 3:
      later((a, b) => console.log('second', a, b), 2, 1, 2);
      later((...all) => console.log('all', all.length, ...all.slice(18)), 3, ...Array(18), 'of', 'them');
      clearTimeout(setTimeout(() => console.log('never'), 1));
      return console.log('first');
    case 4:
      return group('g', async () => {});
    case 5:
      return check(null, { 'fails: async': async () => true });
    case 6:
      return new Promise((resolve) => setTimeout(resolve, 1, 3)).then((v) => console.log('awaited', v, ready));
    default: {
      const seen = [];
      const id = setInterval(() => { seen.push(seen.length); if (seen.length === 3) { clearInterval(id); console.log(seen.join()); } }, 1);
    }
  }
}
