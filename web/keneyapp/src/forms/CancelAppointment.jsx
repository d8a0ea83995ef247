// SPDX-License-Identifier: Apache-2.0
import { api } from '../api.js';
import { dateTime } from '../format.js';
import { Confirm } from '../ui/Confirm.jsx';

export function CancelAppointment({ appointment, onDone, onClose }) {
  const cancel = async () => {
    await api.put(`/appointments/${appointment.id}`, { status: 'cancelled' });
    onDone();
  };
  return (
    <Confirm
      title="Cancel this appointment?"
      label="Cancel appointment"
      onConfirm={cancel}
      onClose={onClose}
    >
      {dateTime(appointment.appointment_date)}, {appointment.reason}. The time is free again
      afterwards.
    </Confirm>
  );
}
