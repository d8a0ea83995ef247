// SPDX-License-Identifier: Apache-2.0
// What a patient gets from a doctor: the dialog that asks for both.
import { useState } from 'react';
import { ApiError } from '../api.js';
import { useForm } from '../hooks/useForm.js';
import { useDoctors } from '../hooks/useNames.js';
import { useSession } from '../session.jsx';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { PatientPicker } from '../ui/PatientPicker.jsx';
import { Problem } from '../ui/Problem.jsx';

// Complaints of the same shape as the clinic's.
export function complain(fields) {
  if (Object.keys(fields).length)
    throw new ApiError(422, 'Some fields need attention', { fields });
}

function requirePeople(patient, doctorId) {
  const fields = {};
  if (!patient) fields.patient_id = 'Choose a patient from the list';
  if (!doctorId) fields.doctor_id = 'Choose a doctor';
  complain(fields);
}

export function DoctorField({ bind }) {
  const { doctors } = useDoctors();
  const options = [
    { value: '', label: 'Choose…' },
    ...doctors.map(({ id, full_name }) => ({ value: String(id), label: full_name })),
  ];
  return (
    <Field label="Doctor" required span kind="select" options={options} {...bind('doctor_id')} />
  );
}

// `patient` given: it is theirs. `send(values)` posts what `initial` became, with the ids of both;
// `children(bind)` are the fields.
export function PatientDoctorForm({
  title,
  label,
  patient: given,
  initial,
  send,
  onSaved,
  onClose,
  children,
}) {
  const { user } = useSession();
  const [patient, setPatient] = useState(given || null);
  const form = useForm(
    { doctor_id: user.role === 'doctor' ? String(user.id) : '', ...initial },
    async (values) => {
      requirePeople(patient, values.doctor_id);
      onSaved(
        await send({ ...values, patient_id: patient.id, doctor_id: Number(values.doctor_id) }),
      );
    },
  );
  return (
    <Dialog title={title} onClose={onClose}>
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
          {children(form.bind)}
        </div>
        <DialogActions onClose={onClose} busy={form.busy} label={label} />
      </form>
    </Dialog>
  );
}
