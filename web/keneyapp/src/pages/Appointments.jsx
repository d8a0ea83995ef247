// SPDX-License-Identifier: Apache-2.0
// All appointments: by status, page by page; book, complete and cancel.
import '../ui/common.js';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useList } from '../hooks/useList.js';
import { useDoctors, usePatientNames } from '../hooks/useNames.js';
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

const ORDER = { by: 'appointment_date', order: 'desc' };

function StatusFilter({ value, onChange }) {
  return (
    <div className="segments" role="group" aria-label="Status">
      {['', ...STATUSES].map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={status === value}
          onClick={() => onChange(status)}
        >
          {status ? words(status) : 'All'}
        </button>
      ))}
    </div>
  );
}

export default function Appointments() {
  const { may } = useSession();
  const toast = useToast();
  const list = useList('/appointments', { filters: ['status_filter'], order: ORDER });
  const [booking, setBooking] = useState(false);
  const [cancelling, setCancelling] = useState(null);
  const { resource, query, sort, setPage, setSort, setFilter } = list;
  const { doctorNames } = useDoctors();
  const patientNames = usePatientNames(resource.data?.items);
  const mayChange = may('appointments.update');
  const columns = useMemo(
    () => appointmentColumns({ patientNames, doctorNames, onCancel: mayChange && setCancelling }),
    [patientNames, doctorNames, mayChange],
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
      <div className="toolbar">
        <StatusFilter
          value={query.status_filter || ''}
          onChange={(status) => setFilter('status_filter', status)}
        />
      </div>
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
