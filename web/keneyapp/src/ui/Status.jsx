// SPDX-License-Identifier: Apache-2.0
import { words } from '../format.js';

// A word in a pill; the colour only repeats what the word says.
export function Status({ value, tone }) {
  return <span className={`status status-${tone || value}`}>{words(value)}</span>;
}
