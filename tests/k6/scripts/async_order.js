// SPDX-License-Identifier: Apache-2.0
import { sleep } from 'k6';
export const options = { iterations: 2 };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export async function setup() {
  await wait(5);
  return 'from async setup';
}
export default async function (data) {
  console.log(data);
  setTimeout(() => console.log('timer 20'), 20);
  setTimeout((a, b) => console.log('timer 0', a, b), 0, 'x', 1);
  const id = setTimeout(() => console.log('never'), 5);
  clearTimeout(id);
  Promise.resolve().then(() => console.log('micro'));
  console.log('sync');
  await null;
  console.log('after await');
  let ticks = 0;
  const every = setInterval(() => {
    console.log('tick', ++ticks);
    if (ticks === 2) {
      clearInterval(every);
    }
  }, 3);
  await wait(40);
  const all = await Promise.allSettled([wait(1), Promise.reject(new Error('no')), 5]);
  console.log(all.map((r) => r.status).join());
  console.log(await Promise.any([Promise.reject(1), wait(2).then(() => 'any')]), typeof id);
  sleep(0.01);
}
export async function teardown(data) {
  await wait(1);
  console.log('teardown', data);
}
