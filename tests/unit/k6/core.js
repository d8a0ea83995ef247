// check, group, fail, exceptions, environment, iteration numbers.
// log: Error: boom
// log: \tat helper (file:///*
// log: \tat default (file:///*
// log: GoError: on purpose
// log: \tat default *
// log: GoError
// log: \tat default *
// log: [object Object]
// log: TypeError: *
// log: \tat default *
// log: TypeError: bad
// log: \tat thrower *
// log: \tat check (native)
// log: \tat default *
// log: GoError: group and check names may not contain '::'
// log: \tat default *
// log: done 7 1 value
import { check, fail, group, sleep, randomSeed } from 'k6';
import exec from 'k6/execution';

export const options = { iterations: 8 };

function helper() {
  throw new Error('boom');
}

export default function () {
  switch (__ITER) {
    case 0:
      helper();
    case 1:
      fail('on purpose');
    case 2:
      fail();
    case 3:
      throw { a: 1 };
    case 4:
      undefined.x;
    case 5:
      check(1, {
        'fails: throws': function thrower() { throw new TypeError('bad'); },
      });
    case 6:
      group('a::b', () => {});
  }
  const r = check(5, { 'by function': (v) => v === 5, 'by value': true }, { tag: 'x' });
  check(r, { 'check returns true': (v) => v === true });
  check(group('outer', () => group('inner', () => 42)), { 'group returns': (v) => v === 42 });
  check(group(':', () => group('a:', () => group(':b', () => exec.vu.metrics.tags.group))), {
    'colons in group names': (v) => v === ':::::a::::b' && exec.vu.metrics.tags.group === '',
  });
  randomSeed(7);
  const a = Math.random();
  randomSeed(7);
  check(a, { 'seeded numbers repeat': (v) => v === Math.random() && v !== Math.random() });
  sleep(0.001);
  check(__ENV, {
    'own keys': (e) => Object.keys(e).length === 1,
    'missing is undefined': (e) => e.NOPE === undefined && !('NOPE' in e),
  });
  console.log('done', __ITER, __VU, __ENV.TEST_NAME);
}
