// SPDX-License-Identifier: Apache-2.0
import { count } from '../format.js';
import { Icon } from './Icon.jsx';

export function Pager({ page, onPage }) {
  const { skip, limit, total } = page;
  const last = Math.min(skip + limit, total);
  const number = Math.floor(skip / limit) + 1;
  const pages = Math.max(1, Math.ceil(total / limit));
  if (total === 0) return null;
  return (
    <nav className="pager" aria-label="Pages">
      <span className="quiet" aria-live="polite">
        {count(skip + 1)}–{count(last)} of {count(total)}
      </span>
      <button type="button" className="button" disabled={number <= 1} onClick={() => onPage(number - 1)}>
        <Icon name="left" />
        Previous
      </button>
      <button
        type="button"
        className="button"
        disabled={number >= pages}
        onClick={() => onPage(number + 1)}
      >
        Next
        <Icon name="right" />
      </button>
    </nav>
  );
}
