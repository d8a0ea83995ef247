// SPDX-License-Identifier: Apache-2.0
// The people who may sign in: their roles, and who is locked out.
import '../ui/common.js';
import { lazy, Suspense, useMemo, useState } from 'react';
import { api } from '../api.js';
import { dateTime } from '../format.js';
import { useResource } from '../hooks/useResource.js';
import { ROLES, roleName } from '../roles.js';
import { useSession } from '../session.jsx';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Problem } from '../ui/Problem.jsx';
import { Resource } from '../ui/Resource.jsx';
import { Status } from '../ui/Status.jsx';
import { useToast } from '../ui/Toasts.jsx';

const ALL = { limit: 1000 };

const UserForm = lazy(() => import('../forms/UserForm.jsx'));

function state(user) {
  if (!user.is_active) return <Status value="inactive" tone="muted" />;
  if (user.is_locked) return <Status value="locked" tone="bad" />;
  return <Status value="active" tone="good" />;
}

function RoleChoice({ user, onChange }) {
  const roles = ROLES.includes(user.role) ? ROLES : [...ROLES, user.role];
  return (
    <select
      className="select-small"
      aria-label={`Role of ${user.full_name}`}
      value={user.role}
      onChange={(event) => onChange(user, { role: event.target.value })}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {roleName(role)}
        </option>
      ))}
    </select>
  );
}

// Nobody takes their own rights away by accident.
function columnsFor({ self, onRole, onStatus }) {
  return [
    { name: 'full_name', label: 'Name', className: 'cell-main' },
    { name: 'username', label: 'User name' },
    {
      name: 'role',
      label: 'Role',
      render: (user) =>
        user.id === self ? roleName(user.role) : <RoleChoice user={user} onChange={onRole} />,
    },
    { name: 'is_active', label: 'State', render: state },
    { name: 'last_login', label: 'Last seen', render: (user) => dateTime(user.last_login) },
    {
      name: 'id',
      label: 'Actions',
      className: 'cell-actions',
      render: (user) =>
        user.id !== self && (
          <button
            type="button"
            className="button-link"
            onClick={() => onStatus(user, { is_locked: !user.is_locked })}
          >
            {user.is_locked ? 'Unlock' : 'Lock'}
            <span className="hidden"> {user.full_name}</span>
          </button>
        ),
    },
  ];
}

export default function Users() {
  const { user: self } = useSession();
  const toast = useToast();
  const resource = useResource('/users', ALL);
  const [adding, setAdding] = useState(false);
  const [problem, setProblem] = useState(null);
  const { reload } = resource;
  const columns = useMemo(() => {
    const change = (part) => (user, body) => {
      setProblem(null);
      api
        .patch(`/users/${user.id}/${part}`, body)
        .then(() => toast(`${user.full_name} was changed`))
        .catch(setProblem)
        .finally(reload);
    };
    return columnsFor({ self: self.id, onRole: change('role'), onStatus: change('status') });
  }, [self.id, toast, reload]);
  const added = (user) => {
    setAdding(false);
    toast(`${user.full_name} can sign in now`);
    reload();
  };
  return (
    <Page
      title="Users"
      actions={
        <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          Add user
        </button>
      }
    >
      <Problem error={problem} />
      <Resource resource={resource} placeholder={<TablePlaceholder rows={6} />}>
        {(answer) => (
          <DataTable
            label="Users"
            columns={columns}
            rows={answer.items}
            busy={resource.loading}
            empty="Nobody yet."
          />
        )}
      </Resource>
      <Suspense fallback={null}>
        {adding && <UserForm onSaved={added} onClose={() => setAdding(false)} />}
      </Suspense>
    </Page>
  );
}
