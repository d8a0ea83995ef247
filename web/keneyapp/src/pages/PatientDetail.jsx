// SPDX-License-Identifier: Apache-2.0
// One patient: who, health, appointments, prescriptions; and what can be done for them.
import '../ui/common.js';
import { lazy, Suspense, useMemo, useState } from 'react';
import { api } from '../api.js';
import { age, day, fullName, words } from '../format.js';
import { CancelAppointment } from '../forms/CancelAppointment.jsx';
import { useDoctors } from '../hooks/useNames.js';
import { useResource } from '../hooks/useResource.js';
import { Link, navigate } from '../router.jsx';
import { useSession } from '../session.jsx';
import { appointmentColumns } from '../ui/appointmentColumns.jsx';
import { Confirm } from '../ui/Confirm.jsx';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { prescriptionColumns } from '../ui/prescriptionColumns.jsx';
import { Resource } from '../ui/Resource.jsx';
import { useToast } from '../ui/Toasts.jsx';

const PatientForm = lazy(() => import('../forms/PatientForm.jsx'));
const AppointmentForm = lazy(() => import('../forms/AppointmentForm.jsx'));
const PrescriptionForm = lazy(() => import('../forms/PrescriptionForm.jsx'));
const Report = lazy(() => import('../forms/Report.jsx'));

const CHILDREN_MAX = 100;
const noOrder = {};

function Facts({ rows }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value || '—'}</dd>
        </div>
      ))}
    </dl>
  );
}

function Person({ patient }) {
  return (
    <div className="columns">
      <section className="card">
        <h2>Contact</h2>
        <Facts
          rows={[
            ['Phone', patient.phone],
            ['E-mail', patient.email],
            ['Address', patient.address],
            [
              'Emergency',
              [patient.emergency_contact, patient.emergency_phone].filter(Boolean).join(', '),
            ],
            ['INS number', patient.ins_number],
            ['Social security', patient.social_security_number],
          ]}
        />
      </section>
      <section className="card">
        <h2>Health</h2>
        <Facts
          rows={[
            ['Blood type', patient.blood_type],
            ['Allergies', patient.allergies],
            ['History', patient.medical_history],
          ]}
        />
      </section>
    </div>
  );
}

function Section({ title, action, onAction, children }) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>{title}</h2>
        {action && (
          <button type="button" className="button" onClick={onAction}>
            <Icon name="plus" />
            {action}
          </button>
        )}
      </header>
      {children}
    </section>
  );
}

function Children({ resource, label, columns, empty }) {
  return (
    <Resource resource={resource} placeholder={<TablePlaceholder rows={3} />}>
      {(page) => (
        <DataTable
          label={label}
          columns={columns}
          rows={page.items}
          sort={noOrder}
          busy={resource.loading}
          empty={empty}
        />
      )}
    </Resource>
  );
}

const listOf = (id, order) => ({
  patient_id: id,
  limit: CHILDREN_MAX,
  sort_by: order,
  sort_order: 'desc',
});

function Appointments({ onBook, resource, onCancel }) {
  const { may } = useSession();
  const { doctorNames } = useDoctors();
  const mayChange = may('appointments.update');
  const columns = useMemo(
    () => doctorNames && appointmentColumns({ doctorNames }, mayChange && onCancel),
    [doctorNames, mayChange, onCancel],
  );
  return (
    <Section title="Appointments" action={may('appointments.create') && 'Book'} onAction={onBook}>
      <Children
        resource={resource}
        label="Appointments"
        columns={columns}
        empty="No appointments yet."
      />
    </Section>
  );
}

function Prescriptions({ onPrescribe, resource }) {
  const { may } = useSession();
  const { doctorNames } = useDoctors();
  const columns = useMemo(() => doctorNames && prescriptionColumns({ doctorNames }), [doctorNames]);
  return (
    <Section
      title="Prescriptions"
      action={may('prescriptions.create') && 'Prescribe'}
      onAction={onPrescribe}
    >
      <Children
        resource={resource}
        label="Prescriptions"
        columns={columns}
        empty="No prescriptions yet."
      />
    </Section>
  );
}

function Actions({ onOpen }) {
  const { may } = useSession();
  return (
    <>
      {may('patients.report') && (
        <button type="button" className="button" onClick={() => onOpen('report')}>
          <Icon name="report" />
          Report
        </button>
      )}
      {may('patients.update') && (
        <button type="button" className="button" onClick={() => onOpen('edit')}>
          <Icon name="edit" />
          Edit
        </button>
      )}
      {may('patients.delete') && (
        <button type="button" className="button button-danger-quiet" onClick={() => onOpen('delete')}>
          <Icon name="trash" />
          Delete
        </button>
      )}
    </>
  );
}

function DeletePatient({ patient, onClose }) {
  const toast = useToast();
  const remove = async () => {
    await api.remove(`/patients/${patient.id}`);
    toast(`${fullName(patient)} was deleted`);
    navigate('/patients', { replace: true });
  };
  return (
    <Confirm
      title={`Delete ${fullName(patient)}?`}
      label="Delete for good"
      onConfirm={remove}
      onClose={onClose}
    >
      Appointments and prescriptions go, too. This cannot be undone.
    </Confirm>
  );
}

// The dialog that is open: its name, or the appointment to cancel.
function Dialogs({ open, patient, onClose, onChanged }) {
  const props = { patient, onClose };
  if (open === 'report') return <Report {...props} />;
  if (open === 'edit')
    return <PatientForm {...props} onSaved={() => onChanged('The changes are saved')} />;
  if (open === 'delete') return <DeletePatient {...props} />;
  if (open === 'book')
    return <AppointmentForm {...props} onSaved={() => onChanged('The appointment is booked')} />;
  if (open === 'prescribe')
    return <PrescriptionForm {...props} onSaved={() => onChanged('The prescription is written')} />;
  if (!open) return null;
  return (
    <CancelAppointment
      appointment={open}
      onClose={onClose}
      onDone={() => onChanged('The appointment is cancelled')}
    />
  );
}

function Detail({ patient, onPatientChanged }) {
  const { may } = useSession();
  const toast = useToast();
  const [open, setOpen] = useState(null);
  const appointments = useResource('/appointments', listOf(patient.id, 'appointment_date'));
  const maySee = may('prescriptions.read');
  const prescriptions = useResource(
    maySee ? '/prescriptions' : null,
    listOf(patient.id, 'prescribed_date'),
  );
  const changed = (sentence) => {
    setOpen(null);
    toast(sentence);
    onPatientChanged();
    appointments.reload();
    prescriptions.reload();
  };
  const lead = [
    `Born ${day(patient.date_of_birth)} (${age(patient.date_of_birth)})`,
    words(patient.gender),
    `No. ${patient.id}`,
  ].join(' · ');
  return (
    <Page title={fullName(patient)} lead={lead} actions={<Actions onOpen={setOpen} />}>
      <Person patient={patient} />
      <Appointments
        resource={appointments}
        onBook={() => setOpen('book')}
        onCancel={setOpen}
      />
      {maySee && (
        <Prescriptions resource={prescriptions} onPrescribe={() => setOpen('prescribe')} />
      )}
      <Suspense fallback={null}>
        <Dialogs
          open={open}
          patient={patient}
          onClose={() => setOpen(null)}
          onChanged={changed}
        />
      </Suspense>
    </Page>
  );
}

export default function PatientDetail({ id }) {
  const resource = useResource(`/patients/${id}`);
  return (
    <>
      <Link to="/patients" className="back">
        <Icon name="left" />
        Patients
      </Link>
      <Resource resource={resource}>
        {(patient) => <Detail key={patient.id} patient={patient} onPatientChanged={resource.reload} />}
      </Resource>
    </>
  );
}
