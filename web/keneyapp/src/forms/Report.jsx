// SPDX-License-Identifier: Apache-2.0
// A patient's report: asked for, waited for, shown. The work is done off the request's path, so the
// job is looked at until it is done.
import '../ui/common.js';
import { useEffect, useState } from 'react';
import { ApiError, api } from '../api.js';
import { fullName } from '../format.js';
import { Dialog } from '../ui/Dialog.jsx';
import { Problem } from '../ui/Problem.jsx';
import { Loading } from '../ui/Resource.jsx';

const POLL_MS = 500;
const POLLS_MAX = 120;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The report's text; undefined when nobody is waiting any more.
async function waitFor(job, alive) {
  for (let i = 0; i < POLLS_MAX && alive(); i++) {
    const { state, reason } = await api.get(`/reports/${job}`);
    if (state === 'done') return (await api.file(`/reports/${job}`, { content: 1 })).blob.text();
    if (state === 'failed') throw new ApiError(-1, reason || 'The report could not be made');
    await pause(POLL_MS);
  }
  if (alive()) throw new ApiError(-1, 'The report takes long, ask for it again later');
}

function useReport(patient) {
  const [state, setState] = useState({});
  useEffect(() => {
    let alive = true;
    const show = (next) => alive && setState(next);
    api
      .post(`/patients/${patient.id}/report`)
      .then(({ job_id }) => waitFor(job_id, () => alive))
      .then((text) => show({ text }))
      .catch((error) => show({ error }));
    return () => {
      alive = false;
    };
  }, [patient.id]);
  return state;
}

export default function Report({ patient, onClose }) {
  const { text, error } = useReport(patient);
  return (
    <Dialog title={`Report on ${fullName(patient)}`} onClose={onClose} wide>
      <div className="dialog-body">
        <Problem error={error} />
        {text !== undefined && (
          <pre className="report" tabIndex={0}>
            {text}
          </pre>
        )}
        {text === undefined && !error && <Loading label="The report is being made" />}
      </div>
    </Dialog>
  );
}
