// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words, with what helps: for a form (a line) and for a page (a panel).
import { wait } from '../format.js';
import { Icon } from './Icon.jsx';
import { Link } from '../router.jsx';

const TITLES = {
  0: 'No connection',
  403: 'Not for your role',
  404: 'Not found',
  429: 'Too many requests',
  503: 'The clinic is busy',
};

const ADVICE = {
  0: 'The clinic cannot be reached. Check the network; this page tries again by itself.',
  403: 'Your role does not include this. Ask an administrator if you need it.',
  404: 'It may have been deleted, or the address is wrong.',
  429: 'This machine has asked for a lot in a short time.',
  503: 'It answers again in a moment.',
};

const sentenceOf = ({ message, status }) => (status > 0 ? `${message} (status ${status}).` : `${message}.`);

const ICONS = { 0: 'offline', 403: 'lock', 404: 'search', 429: 'clock', 503: 'clock' };

// Beside a form. Complaints about fields stand at the fields.
export function Problem({ error }) {
  if (!error) return null;
  const later = error.retryAfterS ? ` Try again in ${wait(error.retryAfterS)}.` : '';
  return (
    <p className="problem" role="alert">
      <Icon name={ICONS[error.status] || 'warning'} />
      <span>
        {error.message}.{later}
      </span>
    </p>
  );
}

// In place of a page or a part of it.
export function ProblemPanel({ error, retryInS, onRetry }) {
  return (
    <section className="panel-problem" role="alert" data-status={error.status}>
      <Icon name={ICONS[error.status] || 'warning'} />
      <h2>{TITLES[error.status] || 'Something went wrong'}</h2>
      <p>{ADVICE[error.status] || sentenceOf(error)}</p>
      {error.passes && (
        <p className="quiet" role="timer">
          Trying again in {wait(retryInS)}
        </p>
      )}
      {error.status === 403 || error.status === 404 ? (
        <Link className="button" to="/">
          Back to the start
        </Link>
      ) : (
        <button type="button" className="button" onClick={onRetry}>
          Try again now
        </button>
      )}
    </section>
  );
}

// Above data that could not be refreshed.
export function StaleNote({ error, retryInS, onRetry }) {
  return (
    <p className="stale" role="status" data-status={error.status}>
      <Icon name={ICONS[error.status] || 'warning'} />
      <span>
        {TITLES[error.status]}: what you see may be old. Trying again in {wait(retryInS)}.
      </span>
      <button type="button" className="button-link" onClick={onRetry}>
        Now
      </button>
    </p>
  );
}
