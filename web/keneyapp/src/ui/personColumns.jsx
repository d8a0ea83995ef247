// SPDX-License-Identifier: Apache-2.0
// Whose and by whom: the columns of what has a patient and a doctor.
import { Link } from '../router.jsx';

// `patientNames` undefined: the patient is known from elsewhere, and has no column.
export const personColumns = ({ patientNames, doctorNames }) => [
  ...(patientNames
    ? [
        {
          name: 'patient_id',
          label: 'Patient',
          render: (row) => (
            <Link to={`/patients/${row.patient_id}`}>
              {patientNames.get(row.patient_id) || `No. ${row.patient_id}`}
            </Link>
          ),
        },
      ]
    : []),
  {
    name: 'doctor_id',
    label: 'Doctor',
    render: (row) => doctorNames.get(row.doctor_id) || `No. ${row.doctor_id}`,
  },
];
