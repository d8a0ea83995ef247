// SPDX-License-Identifier: Apache-2.0
// Which page belongs to an address, and who may see it. Each page is a file of its own, fetched
// when somebody goes there.
import { Component, lazy, Suspense, useEffect } from 'react';
import { here, matchPath, navigate, usePath } from './router.jsx';
import { useSession } from './session.jsx';
import { useRetry } from './hooks/useRetry.js';
import { Shell } from './shell.jsx';
import { ApiError } from './api.js';
import './ui/common.js';
import { Loading } from './ui/Resource.jsx';
import { ProblemPanel } from './ui/Problem.jsx';

const SignIn = lazy(() => import('./pages/SignIn.jsx'));

// `load` also runs ahead of its page: while the user is still being asked for.
const page = (path, load, needs) => ({ path, load, needs, page: lazy(load) });

const PAGES = [
  page('/', () => import('./pages/Dashboard.jsx'), 'dashboard.read'),
  page('/patients', () => import('./pages/Patients.jsx')),
  page('/patients/:id', () => import('./pages/PatientDetail.jsx')),
  page('/appointments', () => import('./pages/Appointments.jsx')),
  page('/prescriptions', () => import('./pages/Prescriptions.jsx'), 'prescriptions.read'),
  page('/audit', () => import('./pages/Audit.jsx'), 'audit.read'),
  page('/users', () => import('./pages/Users.jsx'), 'users.manage'),
];

const broken = new ApiError(-1, 'This page could not be fetched: there may be a new version of it');
const forbidden = new ApiError(403, 'Not enough permissions');
const REPLACE = { replace: true };
const unknown = new ApiError(404, 'Not Found');

function find(path) {
  for (const entry of PAGES) {
    const params = matchPath(entry.path, path);
    if (params) return { ...entry, params };
  }
  return null;
}

// A part of the program that cannot be fetched (a new release, no network) is not the end.
class Boundary extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  render() {
    if (!this.state.error) return this.props.children;
    return <ProblemPanel error={broken} onRetry={() => window.location.reload()} />;
  }
}

// The way to the sign-in page remembers the place, unless somebody left on purpose.
function doorFrom(place, left) {
  const start = place === '/' || left === 'signed out';
  return start ? '/login' : `/login?${new URLSearchParams({ from: place })}`;
}

// And back: only a place inside of these pages, never an address that somebody put into a link.
function placeFrom(search) {
  const from = new URLSearchParams(search).get('from');
  return from && /^\/(?![/\\])/.test(from) && !from.startsWith('/login') ? from : '/';
}

function Content({ path }) {
  const { may } = useSession();
  const found = find(path);
  const start = path === '/' && !may('dashboard.read');
  useEffect(() => {
    if (start) navigate('/appointments', REPLACE);
  }, [start]);
  if (start) return <Loading />;
  if (!found) return <ProblemPanel error={unknown} />;
  if (!may(found.needs)) return <ProblemPanel error={forbidden} />;
  const { page: PageOf, params } = found;
  return (
    <Boundary key={path}>
      <Suspense fallback={<Loading />}>
        <PageOf {...params} />
      </Suspense>
    </Boundary>
  );
}

export function App() {
  const { user, loading, problem, left, load } = useSession();
  const retryInS = useRetry(problem, load);
  const path = usePath();
  const atDoor = path === '/login';
  useEffect(() => {
    // What cannot be fetched now is fetched, or complained about, when the page is shown.
    if (loading) find(path)?.load().catch(() => {});
  }, []);
  useEffect(() => {
    if (!user && !loading && !problem && !atDoor) navigate(doorFrom(here(), left), REPLACE);
    if (user && atDoor) navigate(placeFrom(window.location.search), REPLACE);
  }, [user, loading, problem, left, atDoor]);

  if (problem)
    return (
      <main className="door" id="content">
        <ProblemPanel error={problem} retryInS={retryInS} onRetry={load} />
      </main>
    );
  if (atDoor && !user)
    return (
      <Suspense fallback={<Loading />}>
        <SignIn />
      </Suspense>
    );
  if (!user) return <Loading />;
  return (
    <Shell path={path}>
      <Content path={path} />
    </Shell>
  );
}
