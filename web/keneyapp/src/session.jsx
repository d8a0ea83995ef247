// SPDX-License-Identifier: Apache-2.0
// Who is signed in. The token lives in this tab's session storage, so closing the tab signs out.
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { api, token, whenSignedOut } from './api.js';
import { forgetResources } from './hooks/useResource.js';
import { here, navigate } from './router.jsx';
import { mayDo } from './roles.js';

const SessionContext = createContext(null);

export const useSession = () => useContext(SessionContext);

// `problem` is set while the user of a stored token could not be read yet.
export function SessionProvider({ children }) {
  const [user, setUser] = useState(null);
  const [problem, setProblem] = useState(null);
  const [loading, setLoading] = useState(() => Boolean(token.get()));

  const leave = useCallback((to) => {
    token.clear();
    forgetResources();
    setUser(null);
    navigate(to, { replace: true });
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
    whenSignedOut(() => leave(`/login?${new URLSearchParams({ from: here(), expired: '1' })}`));
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
      signOut: () => leave('/login'),
      may: (action) => Boolean(user) && mayDo(user.role, action),
    }),
    [user, loading, problem, load, signIn, leave],
  );
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
