// SPDX-License-Identifier: Apache-2.0
// One's own password.
import '../ui/common.js';
import { ApiError, api } from '../api.js';
import { useForm } from '../hooks/useForm.js';
import { useSession } from '../session.jsx';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { Problem } from '../ui/Problem.jsx';
import { useToast } from '../ui/Toasts.jsx';

export default function PasswordForm({ onClose }) {
  const toast = useToast();
  const { user, signIn } = useSession();
  const form = useForm({ current_password: '', new_password: '', again: '' }, async (values) => {
    if (values.new_password !== values.again)
      throw new ApiError(422, 'Some fields need attention', {
        fields: { again: 'This is not the same' },
      });
    await api.post('/auth/change-password', {
      current_password: values.current_password,
      new_password: values.new_password,
    });
    // Tokens end with the password they were given for.
    await signIn(user.username, values.new_password);
    toast('Your password is changed');
    onClose();
  });
  const { bind } = form;
  return (
    <Dialog title="Change password" onClose={onClose}>
      <form onSubmit={form.submit} className="dialog-body" noValidate>
        <Problem error={form.problem} />
        <Field
          label="Current password"
          required
          kind="password"
          autoComplete="current-password"
          {...bind('current_password')}
        />
        <Field
          label="New password"
          required
          hint="At least 8 characters"
          kind="password"
          autoComplete="new-password"
          {...bind('new_password')}
        />
        <Field
          label="New password again"
          required
          kind="password"
          autoComplete="new-password"
          {...bind('again')}
        />
        <DialogActions onClose={onClose} busy={form.busy} label="Change password" />
      </form>
    </Dialog>
  );
}
