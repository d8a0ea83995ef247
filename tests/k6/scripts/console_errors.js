// SPDX-License-Identifier: Apache-2.0
export const options = { iterations: 1 };
export default function () {
  console.log(new Error('with stack'));
  console.error({ e: new TypeError('nested') });
  try {
    null.x;
  } catch (e) {
    console.log(e instanceof TypeError, e.name, typeof e.stack);
    console.error(e);
  }
  const cause = new Error('outer', { cause: new Error('inner') });
  console.log(String(cause), cause.cause.message);
}
