// SPDX-License-Identifier: Apache-2.0
// Somebody new who may sign in.
import '../ui/common.js';
import { api } from '../api.js';
import { useForm } from '../hooks/useForm.js';
import { ROLES, roleName } from '../roles.js';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { Problem } from '../ui/Problem.jsx';

const OPTIONS = ROLES.map((role) => ({ value: role, label: roleName(role) }));

export default function UserForm({ onSaved, onClose }) {
  const form = useForm(
    { full_name: '', username: '', email: '', role: 'nurse', password: '' },
    async (values) => onSaved(await api.post('/users', values)),
  );
  const { bind } = form;
  return (
    <Dialog title="Add a user" onClose={onClose}>
      <form onSubmit={form.submit} className="dialog-body" noValidate>
        <Problem error={form.problem} />
        <div className="fields">
          <Field label="Full name" required span autoComplete="off" {...bind('full_name')} />
          <Field label="User name" required autoComplete="off" {...bind('username')} />
          <Field label="E-mail" required kind="email" autoComplete="off" {...bind('email')} />
          <Field label="Role" required kind="select" options={OPTIONS} {...bind('role')} />
          <Field
            label="First password"
            required
            hint="At least 8 characters"
            kind="password"
            autoComplete="new-password"
            {...bind('password')}
          />
        </div>
        <DialogActions onClose={onClose} busy={form.busy} label="Add user" />
      </form>
    </Dialog>
  );
}
