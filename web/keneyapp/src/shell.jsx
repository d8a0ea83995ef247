// SPDX-License-Identifier: Apache-2.0
// What stands around every page: the mark, the way to the other pages (beside on wide screens,
// below on phones) and who is signed in.
import { lazy, memo, Suspense, useCallback, useState } from 'react';
import { Link } from './router.jsx';
import { roleName } from './roles.js';
import { useSession } from './session.jsx';
import { Icon, Mark } from './ui/Icon.jsx';

const PasswordForm = lazy(() => import('./forms/PasswordForm.jsx'));

const PLACES = [
  { to: '/', label: 'Dashboard', icon: 'dashboard', needs: 'dashboard.read' },
  { to: '/patients', label: 'Patients', icon: 'patients' },
  { to: '/appointments', label: 'Appointments', icon: 'appointments' },
  { to: '/prescriptions', label: 'Prescriptions', icon: 'prescriptions', needs: 'prescriptions.read' },
  { to: '/audit', label: 'Audit', icon: 'audit', needs: 'audit.read' },
  { to: '/users', label: 'Users', icon: 'users', needs: 'users.manage' },
];

const isAt = (to, path) => path === to || (to !== '/' && path.startsWith(`${to}/`));

const Places = memo(function Places({ path, may }) {
  return (
    <nav className="places" aria-label="Main">
      {PLACES.filter(({ needs }) => may(needs)).map(({ to, label, icon }) => (
        <Link key={to} to={to} aria-current={isAt(to, path) ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
        </Link>
      ))}
    </nav>
  );
});

function Person({ onPassword }) {
  const { user, signOut } = useSession();
  return (
    <div className="person">
      <div className="person-name">
        <strong>{user.full_name}</strong>
        <span className="quiet">{roleName(user.role)}</span>
      </div>
      <button type="button" className="button-icon" aria-label="Change password" onClick={onPassword}>
        <Icon name="key" />
      </button>
      <button type="button" className="button-icon" aria-label="Sign out" onClick={signOut}>
        <Icon name="signout" />
      </button>
    </div>
  );
}

export function Shell({ path, children }) {
  const { may } = useSession();
  const [changing, setChanging] = useState(false);
  const close = useCallback(() => setChanging(false), []);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <Mark />
          KeneyApp
        </Link>
        <Places path={path} may={may} />
        <Person onPassword={() => setChanging(true)} />
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <Suspense fallback={null}>{changing && <PasswordForm onClose={close} />}</Suspense>
    </div>
  );
}
