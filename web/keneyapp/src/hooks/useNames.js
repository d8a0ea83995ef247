// SPDX-License-Identifier: Apache-2.0
// Names behind the ids that appointments and prescriptions carry.
import { useMemo } from 'react';
import { fullName } from '../format.js';
import { useResource } from './useResource.js';

// All doctors, as options for a form and by id.
export function useDoctors() {
  const { data } = useResource('/doctors');
  return useMemo(() => {
    const doctors = data?.items || [];
    return { doctors, doctorNames: new Map(doctors.map(({ id, full_name }) => [id, full_name])) };
  }, [data]);
}

// The patients of these rows: one request for all of them.
export function usePatientNames(rows) {
  const ids = useMemo(
    () => [...new Set((rows || []).map((row) => row.patient_id))].sort((a, b) => a - b).join(','),
    [rows],
  );
  const { data } = useResource(ids ? '/patients/names' : null, { ids });
  return useMemo(
    () => new Map((data?.items || []).map((patient) => [patient.id, fullName(patient)])),
    [data],
  );
}
