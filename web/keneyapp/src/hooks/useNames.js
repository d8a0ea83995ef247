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

// The patients of these rows by id: one request for all of them. Undefined until they came.
export function usePatientNames(rows) {
  const ids = useMemo(
    () => [...new Set((rows || []).map((row) => row.patient_id))].sort((a, b) => a - b).join(','),
    [rows],
  );
  const { data, error } = useResource(ids ? '/patients/names' : null, { ids });
  return useMemo(() => {
    if (ids && !data && !error) return undefined;
    return new Map((data?.items || []).map((patient) => [patient.id, fullName(patient)]));
  }, [ids, data, error]);
}
