// SPDX-License-Identifier: Apache-2.0
// Booking: patient, doctor, time. The clinic refuses a time at which the doctor is taken.
import '../ui/common.js';
import { api } from '../api.js';
import { fromLocalInput, fullName, localInput } from '../format.js';
import { Field } from '../ui/Field.jsx';
import { complain, DoctorField, PatientDoctorForm } from './PatientDoctorForm.jsx';

const DURATIONS = [15, 20, 30, 45, 60, 90].map((minutes) => ({
  value: String(minutes),
  label: `${minutes} minutes`,
}));

// The next full hour.
function soon() {
  const when = new Date(Date.now() + 3600000);
  when.setMinutes(0, 0, 0);
  return localInput(when);
}

async function book(values) {
  if (!values.appointment_date) complain({ appointment_date: 'Field required' });
  return api.post('/appointments', {
    ...values,
    appointment_date: fromLocalInput(values.appointment_date),
    duration_minutes: Number(values.duration_minutes),
    notes: values.notes || null,
  });
}

// `patient` given: the appointment is theirs.
export default function AppointmentForm({ patient, onSaved, onClose }) {
  return (
    <PatientDoctorForm
      title={patient ? `Book for ${fullName(patient)}` : 'Book an appointment'}
      label="Book"
      patient={patient}
      initial={{ appointment_date: soon(), duration_minutes: '30', reason: '', notes: '' }}
      send={book}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(bind) => (
        <>
          <DoctorField bind={bind} />
          <Field
            label="Date and time"
            required
            kind="datetime-local"
            {...bind('appointment_date')}
          />
          <Field label="Duration" kind="select" options={DURATIONS} {...bind('duration_minutes')} />
          <Field label="Reason" required span autoComplete="off" {...bind('reason')} />
          <Field label="Notes" kind="area" span {...bind('notes')} />
        </>
      )}
    </PatientDoctorForm>
  );
}
