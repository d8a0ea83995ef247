// SPDX-License-Identifier: Apache-2.0
// The browser's own modal dialog: it keeps the focus inside, closes on Escape, and gives the focus
// back to where it came from.
import { useEffect, useId, useRef } from 'react';
import { Icon } from './Icon.jsx';

export function Dialog({ title, onClose, children, wide = false }) {
  const dialog = useRef(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element.showModal();
    element.querySelector('input, select, textarea')?.focus();
    return () => {
      element.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    if (event.target === dialog.current) onClose();
  };
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={cancel}
    >
      <header className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="button-icon" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

// The foot of a form in a dialog.
export function DialogActions({ onClose, busy, label, danger = false }) {
  return (
    <footer className="dialog-foot">
      <button type="button" className="button" onClick={onClose}>
        Cancel
      </button>
      <button
        type="submit"
        className={danger ? 'button button-danger' : 'button button-primary'}
        disabled={busy}
      >
        {busy ? 'One moment…' : label}
      </button>
    </footer>
  );
}
