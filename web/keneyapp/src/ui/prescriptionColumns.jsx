// SPDX-License-Identifier: Apache-2.0
// How a prescription looks in a list, on its own page and on its patient's.
import { date } from '../format.js';
import { personColumns } from './personColumns.jsx';

// `names` as personColumns() has them.
export function prescriptionColumns(names) {
  return [
    {
      name: 'medication_name',
      label: 'Medication',
      className: 'cell-main',
    },
    { name: 'dosage', label: 'Dosage', className: 'cell-nowrap' },
    { name: 'frequency', label: 'Frequency' },
    { name: 'duration', label: 'Duration' },
    ...personColumns(names),
    {
      name: 'prescribed_date',
      label: 'Date',
      sorted: true,
      className: 'cell-nowrap',
      render: (row) => date(row.prescribed_date),
    },
  ];
}
