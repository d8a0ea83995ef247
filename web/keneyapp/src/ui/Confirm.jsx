// SPDX-License-Identifier: Apache-2.0
// "Really?" before what cannot be undone.
import { useForm } from '../hooks/useForm.js';
import { Dialog, DialogActions } from './Dialog.jsx';
import { Problem } from './Problem.jsx';

export function Confirm({ title, label, onConfirm, onClose, children }) {
  const form = useForm({}, onConfirm);
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={form.submit} className="dialog-body">
        <p>{children}</p>
        <Problem error={form.problem} />
        <DialogActions onClose={onClose} busy={form.busy} label={label} danger />
      </form>
    </Dialog>
  );
}
