// SPDX-License-Identifier: Apache-2.0
// The values of a form, the complaints beside its fields, and sending it once.
import { useCallback, useMemo, useRef, useState } from 'react';

// Focus goes to the first field that needs attention.
function focusFirst(form, fields) {
  const first = [...form.elements].find((element) => element.name && fields[element.name]);
  first?.focus();
}

// `send(values)` may throw an ApiError: complaints about fields stand beside them, anything else in
// `problem`. `bind(name)` gives a Field its properties.
export function useForm(initial, send) {
  const [values, setValues] = useState(initial);
  const [fields, setFields] = useState({});
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);

  const set = useCallback((name, value) => {
    setValues((before) => ({ ...before, [name]: value }));
    setFields((before) => ({ ...before, [name]: undefined }));
  }, []);

  const bind = useMemo(
    () => (name) => ({
      name,
      value: values[name] ?? '',
      error: fields[name],
      onChange: (value) => set(name, value),
    }),
    [values, fields, set],
  );

  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await send(values);
    } catch (error) {
      setFields(error.fields || {});
      setProblem(error);
      if (error.status === 422) requestAnimationFrame(() => focusFirst(form, error.fields));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  return { values, set, bind, submit, busy, problem, fields };
}

// Empty text is no value: null, or left out when `sparse`.
export function withoutEmpty(values, { sparse = false } = {}) {
  const entries = Object.entries(values).map(([name, value]) => [name, value === '' ? null : value]);
  return Object.fromEntries(sparse ? entries.filter(([, value]) => value != null) : entries);
}
