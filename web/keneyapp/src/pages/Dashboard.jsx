// SPDX-License-Identifier: Apache-2.0
// The clinic in four figures and two charts.
import '../ui/common.js';
import { memo, useMemo } from 'react';
import { count, time } from '../format.js';
import { useResource } from '../hooks/useResource.js';
import { Link } from '../router.jsx';
import { useSession } from '../session.jsx';
import { BarChart } from '../ui/BarChart.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Resource } from '../ui/Resource.jsx';

const Card = memo(function Card({ icon, label, value, note, to }) {
  return (
    <Link to={to} className="card figure">
      <span className="figure-icon">
        <Icon name={icon} />
      </span>
      <span className="figure-label">{label}</span>
      <strong className="figure-value">{value}</strong>
      <span className="quiet">{note}</span>
    </Link>
  );
});

function useBars(stats) {
  return useMemo(() => {
    const { scheduled, completed, cancelled } = stats.appointments_by_status;
    const { patients, appointments, prescriptions } = stats.recent_activity;
    return {
      byStatus: [
        { name: 'Scheduled', value: scheduled, tone: 'accent' },
        { name: 'Completed', value: completed, tone: 'good' },
        { name: 'Cancelled', value: cancelled, tone: 'muted' },
      ],
      recent: [
        { name: 'New patients', value: patients, tone: 'accent' },
        { name: 'Appointments booked', value: appointments, tone: 'accent' },
        { name: 'Prescriptions written', value: prescriptions, tone: 'accent' },
      ],
    };
  }, [stats]);
}

function Figures({ stats }) {
  const { byStatus, recent } = useBars(stats);
  return (
    <>
      <section className="figures" aria-label="Figures">
        <Card
          icon="patients"
          label="Patients"
          value={count(stats.total_patients)}
          note={`${count(stats.new_patients)} new in 30 days`}
          to="/patients"
        />
        <Card
          icon="clock"
          label="Today"
          value={count(stats.today_appointments)}
          note="appointments"
          to="/appointments?time=today"
        />
        <Card
          icon="appointments"
          label="Appointments"
          value={count(stats.total_appointments)}
          note={`with ${count(stats.total_doctors)} doctors`}
          to="/appointments"
        />
        <Card
          icon="prescriptions"
          label="Prescriptions"
          value={count(stats.total_prescriptions)}
          note="in all"
          to="/prescriptions"
        />
      </section>
      <div className="charts">
        <section className="card">
          <h2>Appointments by status</h2>
          <BarChart label="Appointments by status" bars={byStatus} />
        </section>
        <section className="card">
          <h2>Last {stats.activity_window_days} days</h2>
          <BarChart label={`Last ${stats.activity_window_days} days`} bars={recent} />
        </section>
      </div>
      <p className="quiet">As of {time(stats.refreshed_at || stats.generated_at)}</p>
    </>
  );
}

// As tall as what comes, so that nothing jumps.
function Placeholder() {
  return (
    <div role="status">
      <span className="hidden">Loading</span>
      <div className="figures">
        {[1, 2, 3, 4].map((i) => (
          <div key={i} className="card figure bone" />
        ))}
      </div>
      <div className="charts">
        <div className="card chart-bone bone" />
        <div className="card chart-bone bone" />
      </div>
    </div>
  );
}

export default function Dashboard() {
  const { user } = useSession();
  const resource = useResource('/dashboard/stats');
  return (
    <Page title="Dashboard" lead={`Good to see you, ${user.full_name}.`}>
      <Resource resource={resource} placeholder={<Placeholder />}>
        {(stats) => <Figures stats={stats} />}
      </Resource>
    </Page>
  );
}
