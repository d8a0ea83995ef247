// SPDX-License-Identifier: Apache-2.0
// Every field of a patient, for a new one and for changes.
import '../ui/common.js';
import { api } from '../api.js';
import { useForm, withoutEmpty } from '../hooks/useForm.js';
import { Dialog, DialogActions } from '../ui/Dialog.jsx';
import { Field } from '../ui/Field.jsx';
import { Problem } from '../ui/Problem.jsx';

const GENDERS = [
  { value: '', label: 'Choose…' },
  { value: 'female', label: 'Female' },
  { value: 'male', label: 'Male' },
  { value: 'other', label: 'Other' },
];

const BLOOD = ['', 'A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-'].map((value) => ({
  value,
  label: value || 'Not known',
}));

const NEW = {
  first_name: '',
  last_name: '',
  date_of_birth: '',
  gender: '',
  phone: '',
  email: '',
  address: '',
  blood_type: '',
  allergies: '',
  medical_history: '',
  emergency_contact: '',
  emergency_phone: '',
  ins_number: '',
  social_security_number: '',
};

const valuesOf = (patient) =>
  Object.fromEntries(Object.keys(NEW).map((name) => [name, patient[name] ?? '']));

// `patient` null: a new one. `onSaved` gets what the clinic keeps now.
export default function PatientForm({ patient, onSaved, onClose }) {
  const form = useForm(patient ? valuesOf(patient) : NEW, async (values) => {
    const saved = patient
      ? await api.put(`/patients/${patient.id}`, withoutEmpty(values))
      : await api.post('/patients', withoutEmpty(values, { sparse: true }));
    onSaved(saved);
  });
  const { bind } = form;
  return (
    <Dialog title={patient ? 'Edit patient' : 'Add a patient'} onClose={onClose} wide>
      <form onSubmit={form.submit} className="dialog-body" noValidate>
        <Problem error={form.problem} />
        <fieldset className="fields">
          <legend>Person</legend>
          <Field label="First name" required autoComplete="off" {...bind('first_name')} />
          <Field label="Last name" required autoComplete="off" {...bind('last_name')} />
          <Field label="Date of birth" required kind="date" {...bind('date_of_birth')} />
          <Field label="Gender" required kind="select" options={GENDERS} {...bind('gender')} />
        </fieldset>
        <fieldset className="fields">
          <legend>Contact</legend>
          <Field label="Phone" required kind="tel" autoComplete="off" {...bind('phone')} />
          <Field label="E-mail" kind="email" autoComplete="off" {...bind('email')} />
          <Field label="Address" span autoComplete="off" {...bind('address')} />
          <Field label="Emergency contact" autoComplete="off" {...bind('emergency_contact')} />
          <Field label="Emergency phone" kind="tel" autoComplete="off" {...bind('emergency_phone')} />
        </fieldset>
        <fieldset className="fields">
          <legend>Health</legend>
          <Field label="Blood type" kind="select" options={BLOOD} {...bind('blood_type')} />
          <Field label="Allergies" autoComplete="off" {...bind('allergies')} />
          <Field label="Medical history" kind="area" span {...bind('medical_history')} />
        </fieldset>
        <fieldset className="fields">
          <legend>Numbers</legend>
          <Field
            label="INS number"
            hint="15 digits, the first a 1"
            inputMode="numeric"
            autoComplete="off"
            {...bind('ins_number')}
          />
          <Field
            label="Social security number"
            hint="15 digits"
            inputMode="numeric"
            autoComplete="off"
            {...bind('social_security_number')}
          />
        </fieldset>
        <DialogActions
          onClose={onClose}
          busy={form.busy}
          label={patient ? 'Save changes' : 'Add patient'}
        />
      </form>
    </Dialog>
  );
}
