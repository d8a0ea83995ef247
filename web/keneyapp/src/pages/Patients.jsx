// SPDX-License-Identifier: Apache-2.0
// All patients: find, sort, page through, add.
import '../ui/common.js';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { age, date, day, fullName, words } from '../format.js';
import { useDebounced } from '../hooks/useDebounced.js';
import { useList } from '../hooks/useList.js';
import { Link, navigate } from '../router.jsx';
import { useSession } from '../session.jsx';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Pager } from '../ui/Pager.jsx';
import { Resource } from '../ui/Resource.jsx';
import { useToast } from '../ui/Toasts.jsx';

const PatientForm = lazy(() => import('../forms/PatientForm.jsx'));

const COLUMNS = [
  {
    name: 'last_name',
    label: 'Name',
    sorted: true,
    className: 'cell-main',
    render: (patient) => (
      <>
        <Link to={`/patients/${patient.id}`}>
          {patient.last_name}, {patient.first_name}
        </Link>
        <span className="cell-under">{patient.email}</span>
      </>
    ),
  },
  {
    name: 'date_of_birth',
    label: 'Born',
    sorted: true,
    className: 'cell-nowrap',
    render: (patient) => (
      <>
        {day(patient.date_of_birth)} <span className="quiet">({age(patient.date_of_birth)})</span>
      </>
    ),
  },
  { name: 'gender', label: 'Gender', render: ({ gender }) => words(gender) },
  { name: 'phone', label: 'Phone', className: 'cell-nowrap' },
  {
    name: 'created_at',
    label: 'Since',
    sorted: true,
    className: 'cell-nowrap',
    render: ({ created_at }) => date(created_at),
  },
];

const ORDER = { by: 'last_name', order: 'asc' };

// What is typed goes into the address once the typing pauses.
function SearchBox({ value, onSearch }) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text.trim(), 300);
  useEffect(() => {
    if (settled !== value) onSearch(settled);
    // Only what is typed sets the search off; the address may change otherwise, too.
  }, [settled]);
  return (
    <label className="search">
      <Icon name="search" />
      <span className="hidden">Search patients</span>
      <input
        type="search"
        placeholder="Name, e-mail or phone"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

function PatientList({ list }) {
  const { resource, query, sort, setPage, setSort } = list;
  return (
    <Resource resource={resource} placeholder={<TablePlaceholder rows={12} />}>
      {(page) => (
        <>
          <DataTable
            label="Patients"
            columns={COLUMNS}
            rows={page.items}
            sort={sort}
            onSort={setSort}
            busy={resource.loading}
            empty={query.search ? `Nobody begins with “${query.search}”.` : 'No patients yet.'}
          />
          <Pager page={page} onPage={setPage} />
        </>
      )}
    </Resource>
  );
}

export default function Patients() {
  const { may } = useSession();
  const toast = useToast();
  const list = useList('/patients', { filters: ['search'], order: ORDER });
  const [adding, setAdding] = useState(false);
  const { setFilter } = list;
  const search = useCallback((text) => setFilter('search', text), [setFilter]);
  const added = (patient) => {
    setAdding(false);
    toast(`${fullName(patient)} was added`);
    navigate(`/patients/${patient.id}`);
  };
  return (
    <Page
      title="Patients"
      actions={
        may('patients.create') && (
          <button type="button" className="button button-primary" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            Add patient
          </button>
        )
      }
    >
      <div className="toolbar">
        <SearchBox value={list.query.search || ''} onSearch={search} />
      </div>
      <PatientList list={list} />
      <Suspense fallback={null}>
        {adding && <PatientForm onSaved={added} onClose={() => setAdding(false)} />}
      </Suspense>
    </Page>
  );
}
