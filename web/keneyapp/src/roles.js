// SPDX-License-Identifier: Apache-2.0
// What each role may do. The server decides; this only spares people buttons that would refuse them.

const CLINICAL = ['admin', 'doctor', 'nurse'];
const DESK = ['admin', 'doctor', 'receptionist'];
const PRESCRIBERS = ['admin', 'doctor'];
const ADMIN = ['admin'];

const ALLOWED = {
  'dashboard.read': PRESCRIBERS,
  'patients.create': CLINICAL,
  'patients.update': PRESCRIBERS,
  'patients.delete': ADMIN,
  'patients.report': PRESCRIBERS,
  'appointments.create': DESK,
  'appointments.update': PRESCRIBERS,
  'prescriptions.read': CLINICAL,
  'prescriptions.create': PRESCRIBERS,
  'prescriptions.delete': PRESCRIBERS,
  'audit.read': ADMIN,
  'users.manage': ADMIN,
};

export const ROLES = ['admin', 'doctor', 'nurse', 'receptionist'];

// Without an action everybody who is signed in may.
export function mayDo(role, action) {
  if (!action || role === 'super_admin') return true;
  return ALLOWED[action].includes(role);
}

export function roleName(role) {
  return role === 'super_admin' ? 'Super admin' : role[0].toUpperCase() + role.slice(1);
}
