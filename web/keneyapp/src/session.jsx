// SPDX-License-Identifier: Apache-2.0
// Who is signed in. The token lives in this tab's session storage, so closing the tab signs out.
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { api, token, whenSignedOut } from './api.js';
import { forgetResources } from './hooks/useResource.js';
import { mayDo } from './roles.js';

const SessionContext = createContext(null);

export const useSession = () => useContext(SessionContext);

// `problem` is set while the user of a stored token could not be read yet. `left` says how the last
// session ended, 'expired' or 'signed out'; where people are sent then is app.jsx's.
export function SessionProvider({ children }) {
  const [user, setUser] = useState(null);
  const [problem, setProblem] = useState(null);
  const [loading, setLoading] = useState(() => Boolean(token.get()));
  const [left, setLeft] = useState(null);

  const leave = useCallback((how) => {
    token.clear();
    forgetResources();
    setLeft(how);
    setUser(null);
  }, []);

  const load = useCallback(async () => {
    setLoading(true);
    setProblem(null);
    try {
      setUser(await api.get('/auth/me'));
    } catch (error) {
      if (error.status !== 401) setProblem(error);
    } finally {
      setLoading(false);
    }
  }, []);

  useEffect(() => {
    whenSignedOut(() => leave('expired'));
    if (token.get()) load();
  }, [leave, load]);

  const signIn = useCallback(async (username, password) => {
    token.clear();
    const answer = await api.post('/auth/login', { username, password });
    token.set(answer.access_token);
    setUser(await api.get('/auth/me'));
  }, []);

  const session = useMemo(
    () => ({
      user,
      loading,
      problem,
      load,
      signIn,
      left,
      signOut: () => leave('signed out'),
      may: (action) => Boolean(user) && mayDo(user.role, action),
    }),
    [user, loading, problem, left, load, signIn, leave],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
