// SPDX-License-Identifier: Apache-2.0
// How an appointment looks in a list, on its own page and on its patient's.
import { dateTime } from '../format.js';
import { Link } from '../router.jsx';
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

// `patientNames` undefined: the patient is known from elsewhere. `onCancel` undefined: may not.
export function appointmentColumns({ patientNames, doctorNames, onCancel }) {
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
    {
      name: 'patient_id',
      label: 'Patient',
      render: (row) => (
        <Link to={`/patients/${row.patient_id}`}>
          {patientNames.get(row.patient_id) || `No. ${row.patient_id}`}
        </Link>
      ),
    },
    {
      name: 'doctor_id',
      label: 'Doctor',
      render: (row) => doctorNames.get(row.doctor_id) || `No. ${row.doctor_id}`,
    },
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
  return columns.filter(
    ({ name }) => (name !== 'patient_id' || patientNames) && (name !== 'id' || onCancel),
  );
}
