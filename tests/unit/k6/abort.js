// exec.test.abort() ends the iteration at once; nothing of the script sees it.
// log: before
// log: test marked as failed: goes on
import exec from 'k6/execution';
import { sleep } from 'k6';

export const options = { iterations: 3 };

export default async function () {
  console.log('before');
  exec.test.fail('goes on');
  try {
    await inner();
  } catch (e) {
    console.log('caught', e);
  }
}

async function inner() {
  try {
    setTimeout(() => console.log('timer'), 1);
    exec.test.abort('enough');
    sleep(5);
  } catch (e) {
    console.log('caught', e);
  } finally {
    console.log('finally');
  }
}
