// SPDX-License-Identifier: Apache-2.0
// Finding one patient by typing (the combobox pattern of the ARIA practices): arrows move, Enter
// takes, Escape closes the list before it closes a dialog.
import { useId, useState } from 'react';
import { day, fullName } from '../format.js';
import { useDebounced } from '../hooks/useDebounced.js';
import { useResource } from '../hooks/useResource.js';

const SHOWN = 8;

function Options({ id, patients, at, onPick }) {
  return (
    <ul className="options" role="listbox" id={id} aria-label="Patients found">
      {patients.map((patient, i) => (
        <li
          key={patient.id}
          id={`${id}-${i}`}
          role="option"
          aria-selected={i === at}
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(patient);
          }}
        >
          {fullName(patient)}
          <span className="quiet"> · {day(patient.date_of_birth)}</span>
        </li>
      ))}
    </ul>
  );
}

export function PatientPicker({ patient, onPick, error, name }) {
  const id = useId();
  const [text, setText] = useState(patient ? fullName(patient) : '');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const search = useDebounced(text.trim());
  const { data } = useResource(open && search ? '/patients' : null, { search, limit: SHOWN });
  const patients = (open && search && data?.items) || [];
  const shown = open && patients.length > 0;

  const pick = (chosen) => {
    setText(fullName(chosen));
    setOpen(false);
    onPick(chosen);
  };
  const type = (event) => {
    setText(event.target.value);
    setOpen(true);
    setAt(0);
    onPick(null);
  };
  const press = (event) => {
    const last = patients.length - 1;
    if (!shown) return;
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, last));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter') pick(patients[Math.min(at, last)]);
    else if (event.key === 'Escape') setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="field field-span picker">
      <label htmlFor={id}>
        Patient<span className="field-required"> (required)</span>
      </label>
      <input
        id={id}
        name={name}
        role="combobox"
        autoComplete="off"
        placeholder="Type a name, e-mail or phone number"
        value={text}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-list-${at}` : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={type}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      {shown && <Options id={`${id}-list`} patients={patients} at={at} onPick={pick} />}
      {open && search && data && patients.length === 0 && (
        <p className="field-hint" role="status">
          No patient begins with “{search}”.
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
