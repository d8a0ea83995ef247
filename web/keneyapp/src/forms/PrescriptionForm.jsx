// SPDX-License-Identifier: Apache-2.0
// A prescription for one patient.
import '../ui/common.js';
import { useState } from 'react';
import { api } from '../api.js';
import { fullName } from '../format.js';
import { useForm, withoutEmpty } from '../hooks/useForm.js';
import { useDoctors } from '../hooks/useNames.js';
import { useSession } from '../session.jsx';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { PatientPicker } from '../ui/PatientPicker.jsx';
import { Problem } from '../ui/Problem.jsx';
import { doctorOptions, requirePerson } from './people.js';

async function prescribe(values, patient) {
  requirePerson(patient, values.doctor_id);
  return api.post('/prescriptions', {
    ...withoutEmpty(values, { sparse: true }),
    patient_id: patient.id,
    doctor_id: Number(values.doctor_id),
    refills: Number(values.refills || 0),
  });
}

// `patient` given: the prescription is theirs.
export default function PrescriptionForm({ patient: given, onSaved, onClose }) {
  const { user } = useSession();
  const { doctors } = useDoctors();
  const [patient, setPatient] = useState(given || null);
  const form = useForm(
    {
      doctor_id: user.role === 'doctor' ? String(user.id) : '',
      medication_name: '',
      dosage: '',
      frequency: '',
      duration: '',
      refills: '0',
      instructions: '',
    },
    async (values) => onSaved(await prescribe(values, patient)),
  );
  const { bind } = form;
  return (
    <Dialog title={given ? `Prescribe for ${fullName(given)}` : 'Prescribe'} onClose={onClose}>
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
          <Field label="Medication" required span autoComplete="off" {...bind('medication_name')} />
          <Field label="Dosage" required placeholder="500 mg" {...bind('dosage')} />
          <Field label="Frequency" required placeholder="Twice a day" {...bind('frequency')} />
          <Field label="Duration" required placeholder="7 days" {...bind('duration')} />
          <Field label="Refills" kind="number" min={0} max={99} {...bind('refills')} />
          <Field
            label="Doctor"
            required
            span
            kind="select"
            options={doctorOptions(doctors)}
            {...bind('doctor_id')}
          />
          <Field label="Instructions" kind="area" span {...bind('instructions')} />
        </div>
        <DialogActions onClose={onClose} busy={form.busy} label="Prescribe" />
      </form>
    </Dialog>
  );
}
