// SPDX-License-Identifier: Apache-2.0
// A control with its label, hint and complaint, tied together for those who hear the page.
import { useId } from 'react';

function Control({ kind, options, onChange, ...rest }) {
  const change = (event) => onChange(event.target.value);
  if (kind === 'area') return <textarea rows={3} onChange={change} {...rest} />;
  if (kind !== 'select') return <input type={kind} onChange={change} {...rest} />;
  return (
    <select onChange={change} {...rest}>
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function Field({ label, hint, error, kind = 'text', required = false, span = false, ...rest }) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={span ? 'field field-span' : 'field'}>
      <label htmlFor={id}>
        {label}
        {required && <span className="field-required"> (required)</span>}
      </label>
      <Control
        id={id}
        kind={kind}
        aria-describedby={about || undefined}
        aria-invalid={error ? true : undefined}
        aria-required={required || undefined}
        {...rest}
      />
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
