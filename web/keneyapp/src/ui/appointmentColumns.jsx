// SPDX-License-Identifier: Apache-2.0
// How an appointment looks in a list, on its own page and on its patient's.
import { dateTime } from '../format.js';
import { personColumns } from './personColumns.jsx';
import { Status } from './Status.jsx';

export const STATUSES = [
  'scheduled',
  'confirmed',
  'in_progress',
  'completed',
  'cancelled',
  'no_show',
];

const isOpen = ({ status }) => status === 'scheduled' || status === 'confirmed';

// `names` as personColumns() has them. `onCancel` false: may not.
export function appointmentColumns(names, onCancel) {
  const columns = [
    {
      name: 'appointment_date',
      label: 'When',
      sorted: true,
      className: 'cell-main cell-nowrap',
      render: (row) => (
        <>
          {dateTime(row.appointment_date)}{' '}
          <span className="quiet">{row.duration_minutes} min</span>
        </>
      ),
    },
    ...personColumns(names),
    { name: 'reason', label: 'Reason' },
    {
      name: 'status',
      label: 'Status',
      render: (row) => <Status value={row.status} />,
    },
    {
      name: 'id',
      label: 'Actions',
      className: 'cell-actions',
      render: (row) =>
        isOpen(row) && (
          <button type="button" className="button-link" onClick={() => onCancel(row)}>
            Cancel
            <span className="hidden"> the appointment of {dateTime(row.appointment_date)}</span>
          </button>
        ),
    },
  ];
  return columns.filter(({ name }) => name !== 'id' || onCancel);
}
