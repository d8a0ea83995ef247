// SPDX-License-Identifier: Apache-2.0
// All appointments: by status, page by page; book, complete and cancel.
import '../ui/common.js';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useList } from '../hooks/useList.js';
import { useNames } from '../hooks/useNames.js';
import { useQuery } from '../router.jsx';
import { useSession } from '../session.jsx';
import { appointmentColumns, STATUSES } from '../ui/appointmentColumns.jsx';
import { CancelAppointment } from '../forms/CancelAppointment.jsx';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Pager } from '../ui/Pager.jsx';
import { Resource } from '../ui/Resource.jsx';
import { useToast } from '../ui/Toasts.jsx';
import { words } from '../format.js';

const AppointmentForm = lazy(() => import('../forms/AppointmentForm.jsx'));

const FORWARD = { by: 'appointment_date', order: 'asc' };
const BACKWARD = { by: 'appointment_date', order: 'desc' };

// What a practice looks at first is what comes.
const TIMES = [
  { value: '', label: 'Upcoming' },
  { value: 'today', label: 'Today' },
  { value: 'all', label: 'All times' },
];

const STATES = [
  { value: '', label: 'Every status' },
  ...STATUSES.map((status) => ({ value: status, label: words(status) })),
];

function midnight(daysAhead) {
  const when = new Date();
  when.setHours(24 * daysAhead, 0, 0, 0);
  return when.toISOString().replace(/\.\d+Z$/, 'Z');
}

function boundsOf(time) {
  if (time === 'all') return undefined;
  return { date_from: midnight(0), date_to: time === 'today' ? midnight(1) : undefined };
}

function Choice({ label, options, value, onChange }) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

function Filters({ query, onChange }) {
  return (
    <div className="toolbar">
      <Choice
        label="Time"
        options={TIMES}
        value={query.time || ''}
        onChange={(time) => onChange('time', time)}
      />
      <select
        className="select-small"
        aria-label="Status"
        value={query.status_filter || ''}
        onChange={(event) => onChange('status_filter', event.target.value)}
      >
        {STATES.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function useAppointments() {
  const [query] = useQuery();
  return useList('/appointments', {
    filters: ['status_filter'],
    fixed: boundsOf(query.time),
    order: query.time === 'all' ? BACKWARD : FORWARD,
  });
}

export default function Appointments() {
  const { may } = useSession();
  const toast = useToast();
  const [booking, setBooking] = useState(false);
  const [cancelling, setCancelling] = useState(null);
  const { resource, query, sort, setPage, setSort, setFilter } = useAppointments();
  const names = useNames(resource.data?.items);
  const mayChange = may('appointments.update');
  const columns = useMemo(
    () => names && appointmentColumns(names, mayChange && setCancelling),
    [names, mayChange],
  );
  const done = (sentence) => {
    setBooking(false);
    setCancelling(null);
    toast(sentence);
    resource.reload();
  };
  return (
    <Page
      title="Appointments"
      actions={
        may('appointments.create') && (
          <button type="button" className="button button-primary" onClick={() => setBooking(true)}>
            <Icon name="plus" />
            Book
          </button>
        )
      }
    >
      <Filters query={query} onChange={setFilter} />
      <Resource resource={resource} placeholder={<TablePlaceholder rows={12} />}>
        {(page) => (
          <>
            <DataTable
              label="Appointments"
              columns={columns}
              rows={page.items}
              sort={sort}
              onSort={setSort}
              busy={resource.loading}
              empty="No appointments here."
            />
            <Pager page={page} onPage={setPage} />
          </>
        )}
      </Resource>
      <Suspense fallback={null}>
        {booking && (
          <AppointmentForm
            onSaved={() => done('The appointment is booked')}
            onClose={() => setBooking(false)}
          />
        )}
      </Suspense>
      {cancelling && (
        <CancelAppointment
          appointment={cancelling}
          onDone={() => done('The appointment is cancelled')}
          onClose={() => setCancelling(null)}
        />
      )}
    </Page>
  );
}
