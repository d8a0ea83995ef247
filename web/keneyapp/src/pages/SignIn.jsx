// SPDX-License-Identifier: Apache-2.0
// The door. What was refused is said in words; a wait that the clinic asks for is counted down.
import '../ui/common.js';
import { useEffect, useState } from 'react';
import { ApiError } from '../api.js';
import { wait } from '../format.js';
import { useSession } from '../session.jsx';
import { useForm } from '../hooks/useForm.js';
import { Field } from '../ui/Field.jsx';
import { Icon, Mark } from '../ui/Icon.jsx';

const SENTENCES = {
  0: 'The clinic cannot be reached. Check the network and try again.',
  401: 'User name or password is not right.',
  429: 'Too many attempts from this machine.',
  503: 'The clinic is busy just now.',
};

function sentenceOf(error) {
  if (error.status === 403) return `${error.message}. An administrator can help.`;
  return SENTENCES[error.status] || error.message;
}

function useCountdown(error) {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    setLeft(error?.retryAfterS || 0);
    if (!error?.retryAfterS) return undefined;
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, [error]);
  return left;
}

function requireBoth({ username, password }) {
  const fields = {};
  if (!username) fields.username = 'Enter your user name';
  if (!password) fields.password = 'Enter your password';
  if (!username || !password) throw new ApiError(422, 'Some fields need attention', { fields });
}

export default function SignIn() {
  const { signIn, left: ended } = useSession();
  const form = useForm({ username: '', password: '' }, async (values) => {
    requireBoth(values);
    await signIn(values.username, values.password);
  });
  const left = useCountdown(form.problem);
  const { bind } = form;
  const problem = form.problem?.status === 422 ? null : form.problem;
  useEffect(() => {
    document.title = 'Sign in · KeneyApp';
  }, []);
  return (
    <main className="door" id="content">
      <form className="door-card" onSubmit={form.submit} noValidate>
        <Mark />
        <h1>KeneyApp</h1>
        <p className="quiet">Sign in to your clinic</p>
        {ended === 'expired' && !problem && (
          <p className="note" role="status">
            You were signed out. Sign in to go on where you were.
          </p>
        )}
        {problem && (
          <p className="problem" role="alert" data-status={problem.status}>
            <Icon name={problem.status === 403 ? 'lock' : 'warning'} />
            <span>
              {sentenceOf(problem)}
              {left > 0 && ` Try again in ${wait(left)}.`}
            </span>
          </p>
        )}
        <Field
          label="User name"
          autoComplete="username"
          autoCapitalize="none"
          autoFocus
          spellCheck={false}
          {...bind('username')}
        />
        <Field
          label="Password"
          kind="password"
          autoComplete="current-password"
          {...bind('password')}
        />
        <button className="button button-primary button-wide" disabled={form.busy || (left > 0 && problem.passes)}>
          {form.busy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
