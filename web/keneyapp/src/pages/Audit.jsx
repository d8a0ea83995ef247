// SPDX-License-Identifier: Apache-2.0
// Who did what, newest first; filters, and all of it as a file.
import '../ui/common.js';
import { useState } from 'react';
import { api } from '../api.js';
import { count, dateTimeSeconds, words } from '../format.js';
import { useList } from '../hooks/useList.js';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Field } from '../ui/Field.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Pager } from '../ui/Pager.jsx';
import { Problem } from '../ui/Problem.jsx';
import { Resource } from '../ui/Resource.jsx';
import { Status } from '../ui/Status.jsx';

const ACTIONS = ['CREATE', 'READ', 'UPDATE', 'DELETE', 'LOGIN', 'EXPORT'];
const RESOURCES = [
  'patients',
  'appointments',
  'prescriptions',
  'reports',
  'users',
  'dashboard',
  'audit',
  'auth',
];
const FILTERS = ['user', 'action', 'resource_type', 'status', 'from', 'to'];

const options = (values) => [
  { value: '', label: 'All' },
  ...values.map((value) => ({ value, label: words(value.toLowerCase()) })),
];

const COLUMNS = [
  {
    name: 'timestamp',
    label: 'When',
    className: 'cell-main cell-nowrap',
    render: (row) => dateTimeSeconds(row.timestamp),
  },
  { name: 'username', label: 'Who' },
  { name: 'action', label: 'What', render: (row) => words(row.action.toLowerCase()) },
  {
    name: 'resource_type',
    label: 'Of',
    render: (row) => `${row.resource_type}${row.resource_id ? ` ${row.resource_id}` : ''}`,
  },
  { name: 'ip_address', label: 'From', className: 'cell-nowrap' },
  {
    name: 'status',
    label: 'Result',
    render: (row) => <Status value={row.status} tone={row.status === 'success' ? 'good' : 'bad'} />,
  },
];

// What a file has that was cut, which its name says: audit-2026-01-31-newest-100000-of-149567.csv.
function cutOf(name) {
  const [, rows, total] = name.match(/-newest-(\d+)-of-(\d+)\./) || [];
  return rows && { rows: Number(rows), total: Number(total) };
}

// The token travels in a header, so the file is fetched and handed to the browser.
async function download(query) {
  const { blob, name } = await api.file('/audit/export', { ...query, format: 'csv' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name || 'audit.csv';
  link.click();
  URL.revokeObjectURL(link.href);
  return cutOf(name);
}

function CutNote({ cut }) {
  if (!cut) return null;
  return (
    <p className="note" role="status">
      <Icon name="warning" />
      <span>
        The file has the newest {count(cut.rows)} of {count(cut.total)} entries. Choose From and Until for
        the others.
      </span>
    </p>
  );
}

function Filters({ query, onChange }) {
  const bind = (name) => ({
    name,
    value: query[name] || '',
    onChange: (value) => onChange(name, value),
  });
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      <Field label="User" autoComplete="off" {...bind('user')} />
      <Field label="Action" kind="select" options={options(ACTIONS)} {...bind('action')} />
      <Field label="Of" kind="select" options={options(RESOURCES)} {...bind('resource_type')} />
      <Field
        label="Result"
        kind="select"
        options={options(['success', 'failure'])}
        {...bind('status')}
      />
      <Field label="From" kind="date" {...bind('from')} />
      <Field label="Until" kind="date" {...bind('to')} />
    </form>
  );
}

export default function Audit() {
  const { resource, query, setPage, setFilter } = useList('/audit', {
    filters: FILTERS,
  });
  const [problem, setProblem] = useState(null);
  const [cut, setCut] = useState(null);
  const save = () => {
    const { page, ...filters } = query;
    setProblem(null);
    setCut(null);
    download(filters).then(setCut, setProblem);
  };
  return (
    <Page
      title="Audit log"
      actions={
        <button type="button" className="button" onClick={save}>
          <Icon name="download" />
          Export
        </button>
      }
    >
      <Problem error={problem} />
      <CutNote cut={cut} />
      <Filters query={query} onChange={setFilter} />
      <Resource resource={resource} placeholder={<TablePlaceholder rows={12} />}>
        {(page) => (
          <>
            <DataTable
              label="Audit log"
              columns={COLUMNS}
              rows={page.items}
              busy={resource.loading}
              empty="Nothing like this was done."
            />
            <Pager page={page} onPage={setPage} />
          </>
        )}
      </Resource>
    </Page>
  );
}
