// What a script does wrong ends its iteration, never the process.
// log: InternalError: stack overflow: the recursion is too deep; end it earlier or use a loop
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \tat recurse *
// log: \t... and *
// log: InternalError: out of memory: this virtual user's JavaScript may hold 8 MiB; *
// log: \tat wrong *
// log: Error: from a getter
// log: \tat get x (*
// log: \tat fails: getter *
// log: \tat check (native)
// log: \tat wrong *
// log: an exception that cannot be shown as text
// log: still here
import { check } from 'k6';

export const options = {
  scenarios: {
    a: { executor: 'per-vu-iterations', iterations: 5, exec: 'wrong' },
    b: { executor: 'constant-vus', vus: 1, duration: '1s', gracefulStop: '0s', exec: 'endless' },
  },
};

const recurse = (n) => recurse(n + 1) + 1;

export function wrong() {
  switch (__ITER) {
    case 0:
      return recurse(0);
    case 1: {
      const all = [];
      for (;;) all.push(new Array(1000).fill('x'));
    }
    case 2:
      return check({ get x() { throw new Error('from a getter'); } }, { 'fails: getter': (o) => o.x });
    case 3:
      throw { toString() { throw new Error('no text'); } };
    default:
      return console.log('still here');
  }
}

export function endless() {
  try {
    for (;;);
  } finally {
    console.log('not reached');
  }
}
