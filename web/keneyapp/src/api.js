// SPDX-License-Identifier: Apache-2.0
// The only place that talks to the clinic's interface: the token, errors in one shape, and what
// happens when nobody is signed in any more.

const TOKEN_KEY = 'keneyapp.token';
const PREFIX = '/api/v1';

// What went wrong with a request. `status` is 0 when no answer came. `fields` are the complaints of
// a 422 by field name; `retryAfterS` is when trying again is worth it (0: not said).
export class ApiError extends Error {
  constructor(status, message, { fields = {}, retryAfterS = 0 } = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
    this.retryAfterS = retryAfterS;
  }

  // Waiting mends it: too many requests, a busy server, no network.
  get passes() {
    return this.status === 0 || this.status === 429 || this.status === 503;
  }
}

let onSignedOut = () => {};

// `callback` is called when the clinic no longer knows the token.
export function whenSignedOut(callback) {
  onSignedOut = callback;
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN_KEY),
  set: (value) => sessionStorage.setItem(TOKEN_KEY, value),
  clear: () => sessionStorage.removeItem(TOKEN_KEY),
};

function withQuery(path, query) {
  const given = Object.entries(query || {}).filter(([, value]) => value !== '' && value != null);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

// FastAPI's `detail`: a sentence, or a list of {loc, msg}.
function readDetail(detail) {
  if (!Array.isArray(detail)) return { message: detail, fields: {} };
  const fields = {};
  for (const { loc, msg } of detail) {
    const name = loc[loc.length - 1];
    fields[name] = fields[name] ? `${fields[name]}; ${msg}` : msg;
  }
  return { message: 'Some fields need attention', fields };
}

async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  const { message, fields } = readDetail(body.detail);
  const retryAfterS = Number(response.headers.get('Retry-After')) || 0;
  return new ApiError(response.status, message || response.statusText, { fields, retryAfterS });
}

async function send(method, path, { query, body, signal } = {}) {
  const headers = {};
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(PREFIX + withQuery(path, query), {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The clinic cannot be reached');
  }
}

async function answerOf(method, path, options) {
  const sent = token.get();
  const response = await send(method, path, options);
  if (response.ok) return response;
  const error = await errorOf(response);
  // A token that was replaced in the meantime is nobody's loss.
  if (error.status === 401 && sent && sent === token.get()) onSignedOut();
  throw error;
}

async function json(method, path, options) {
  const response = await answerOf(method, path, options);
  return response.status === 204 ? null : response.json();
}

export const api = {
  get: (path, options) => json('GET', path, options),
  post: (path, body) => json('POST', path, { body }),
  put: (path, body) => json('PUT', path, { body }),
  patch: (path, body) => json('PATCH', path, { body }),
  remove: (path) => json('DELETE', path),
  // The file, and the name that the clinic gives it (empty: none).
  file: async (path, query) => {
    const response = await answerOf('GET', path, { query });
    const disposition = response.headers.get('Content-Disposition') || '';
    return { blob: await response.blob(), name: disposition.match(/filename="([^"]+)"/)?.[1] || '' };
  },
};
