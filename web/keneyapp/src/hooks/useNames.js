// SPDX-License-Identifier: Apache-2.0
// Names behind the ids that appointments and prescriptions carry.
import { useMemo } from 'react';
import { fullName } from '../format.js';
import { useResource } from './useResource.js';

// All doctors, as options for a form and by id. `doctorNames` is undefined until they came: a table
// that is drawn before its names are there jumps when they come.
export function useDoctors() {
  const { data, error } = useResource('/doctors');
  return useMemo(() => {
    const doctors = data?.items || [];
    const names = new Map(doctors.map(({ id, full_name }) => [id, full_name]));
    return { doctors, doctorNames: data || error ? names : undefined };
  }, [data, error]);
}

// The doctors, and the patients of these rows in one request, by id. Undefined until all came.
export function useNames(rows) {
  const { doctorNames } = useDoctors();
  const ids = useMemo(
    () => [...new Set((rows || []).map((row) => row.patient_id))].sort((a, b) => a - b).join(','),
    [rows],
  );
  const { data, error } = useResource(ids ? '/patients/names' : null, { ids });
  return useMemo(() => {
    if (!doctorNames || (ids && !data && !error)) return undefined;
    const patients = data?.items || [];
    const patientNames = new Map(patients.map((patient) => [patient.id, fullName(patient)]));
    return { doctorNames, patientNames };
  }, [doctorNames, ids, data, error]);
}
