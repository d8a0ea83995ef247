// SPDX-License-Identifier: Apache-2.0
// Booking: patient, doctor, time. The clinic refuses a time at which the doctor is taken.
import '../ui/common.js';
import { useState } from 'react';
import { ApiError, api } from '../api.js';
import { fromLocalInput, fullName, localInput } from '../format.js';
import { useForm } from '../hooks/useForm.js';
import { useDoctors } from '../hooks/useNames.js';
import { useSession } from '../session.jsx';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { PatientPicker } from '../ui/PatientPicker.jsx';
import { Problem } from '../ui/Problem.jsx';
import { doctorOptions, requirePerson } from './people.js';

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

async function book(values, patient) {
  requirePerson(patient, values.doctor_id);
  if (!values.appointment_date)
    throw new ApiError(422, 'Some fields need attention', {
      fields: { appointment_date: 'Field required' },
    });
  return api.post('/appointments', {
    patient_id: patient.id,
    doctor_id: Number(values.doctor_id),
    appointment_date: fromLocalInput(values.appointment_date),
    duration_minutes: Number(values.duration_minutes),
    reason: values.reason,
    notes: values.notes || null,
  });
}

// `patient` given: the appointment is theirs.
export default function AppointmentForm({ patient: given, onSaved, onClose }) {
  const { user } = useSession();
  const { doctors } = useDoctors();
  const [patient, setPatient] = useState(given || null);
  const form = useForm(
    {
      doctor_id: user.role === 'doctor' ? String(user.id) : '',
      appointment_date: soon(),
      duration_minutes: '30',
      reason: '',
      notes: '',
    },
    async (values) => onSaved(await book(values, patient)),
  );
  const { bind } = form;
  return (
    <Dialog title={given ? `Book for ${fullName(given)}` : 'Book an appointment'} onClose={onClose}>
      <form onSubmit={form.submit} className="dialog-body" noValidate>
        <Problem error={form.problem} />
        <div className="fields">
          {!given && (
            <PatientPicker
              name="patient_id"
              patient={patient}
              onPick={setPatient}
              error={!patient && form.fields.patient_id}
            />
          )}
          <Field
            label="Doctor"
            required
            span
            kind="select"
            options={doctorOptions(doctors)}
            {...bind('doctor_id')}
          />
          <Field
            label="Date and time"
            required
            kind="datetime-local"
            {...bind('appointment_date')}
          />
          <Field label="Duration" kind="select" options={DURATIONS} {...bind('duration_minutes')} />
          <Field label="Reason" required span autoComplete="off" {...bind('reason')} />
          <Field label="Notes" kind="area" span {...bind('notes')} />
        </div>
        <DialogActions onClose={onClose} busy={form.busy} label="Book" />
      </form>
    </Dialog>
  );
}
