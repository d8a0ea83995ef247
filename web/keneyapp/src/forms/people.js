// SPDX-License-Identifier: Apache-2.0
// Patient and doctor in forms: choices, and complaints of the same shape as the clinic's.
import { ApiError } from '../api.js';

export const doctorOptions = (doctors) => [
  { value: '', label: 'Choose…' },
  ...doctors.map(({ id, full_name }) => ({ value: String(id), label: full_name })),
];

export function requirePerson(patient, doctorId) {
  const fields = {};
  if (!patient) fields.patient_id = 'Choose a patient from the list';
  if (!doctorId) fields.doctor_id = 'Choose a doctor';
  if (Object.keys(fields).length)
    throw new ApiError(422, 'Some fields need attention', { fields });
}
