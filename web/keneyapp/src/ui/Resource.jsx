// SPDX-License-Identifier: Apache-2.0
// The four faces of something that is asked for: on its way, refused, old, here.
import { ProblemPanel, StaleNote } from './Problem.jsx';

export function Loading({ label = 'Loading' }) {
  return (
    <div className="loading" role="status">
      <span className="spinner" />
      <span className="hidden">{label}</span>
    </div>
  );
}

// Shows `children(data)` as soon as there is data.
export function Resource({ resource, children, placeholder = <Loading /> }) {
  const { data, error, retryInS, reload } = resource;
  if (data === undefined && error)
    return <ProblemPanel error={error} retryInS={retryInS} onRetry={reload} />;
  if (data === undefined) return placeholder;
  return (
    <>
      {error && <StaleNote error={error} retryInS={retryInS} onRetry={reload} />}
      {children(data)}
    </>
  );
}
