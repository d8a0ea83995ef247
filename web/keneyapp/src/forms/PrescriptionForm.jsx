// SPDX-License-Identifier: Apache-2.0
// A prescription for one patient.
import '../ui/common.js';
import { api } from '../api.js';
import { fullName } from '../format.js';
import { withoutEmpty } from '../hooks/useForm.js';
import { Field } from '../ui/Field.jsx';
import { DoctorField, PatientDoctorForm } from './PatientDoctorForm.jsx';

const EMPTY = {
  medication_name: '',
  dosage: '',
  frequency: '',
  duration: '',
  refills: '0',
  instructions: '',
};

const prescribe = (values) =>
  api.post('/prescriptions', {
    ...withoutEmpty(values, { sparse: true }),
    refills: Number(values.refills || 0),
  });

// `patient` given: the prescription is theirs.
export default function PrescriptionForm({ patient, onSaved, onClose }) {
  return (
    <PatientDoctorForm
      title={patient ? `Prescribe for ${fullName(patient)}` : 'Prescribe'}
      label="Prescribe"
      patient={patient}
      initial={EMPTY}
      send={prescribe}
      onSaved={onSaved}
      onClose={onClose}
    >
      {(bind) => (
        <>
          <Field label="Medication" required span autoComplete="off" {...bind('medication_name')} />
          <Field label="Dosage" required placeholder="500 mg" {...bind('dosage')} />
          <Field label="Frequency" required placeholder="Twice a day" {...bind('frequency')} />
          <Field label="Duration" required placeholder="7 days" {...bind('duration')} />
          <Field label="Refills" kind="number" min={0} max={99} {...bind('refills')} />
          <DoctorField bind={bind} />
          <Field label="Instructions" kind="area" span {...bind('instructions')} />
        </>
      )}
    </PatientDoctorForm>
  );
}
