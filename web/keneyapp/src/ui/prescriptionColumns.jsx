// SPDX-License-Identifier: Apache-2.0
// How a prescription looks in a list, on its own page and on its patient's.
import { date } from '../format.js';
import { Link } from '../router.jsx';

// `patientNames` undefined: the patient is known from elsewhere.
export function prescriptionColumns({ patientNames, doctorNames }) {
  const columns = [
    {
      name: 'medication_name',
      label: 'Medication',
      className: 'cell-main',
    },
    { name: 'dosage', label: 'Dosage', className: 'cell-nowrap' },
    { name: 'frequency', label: 'Frequency' },
    { name: 'duration', label: 'Duration' },
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
    {
      name: 'prescribed_date',
      label: 'Date',
      sorted: true,
      className: 'cell-nowrap',
      render: (row) => date(row.prescribed_date),
    },
  ];
  return columns.filter(({ name }) => name !== 'patient_id' || patientNames);
}
