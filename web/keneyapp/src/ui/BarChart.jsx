// SPDX-License-Identifier: Apache-2.0
// Horizontal bars, drawn as SVG; read out as a list of names and numbers.
import { memo, useMemo } from 'react';
import { count } from '../format.js';

const ROW = 40;
const WIDTH = 400;
const BAR = 10;

// `bars` are {name, value, tone}.
export const BarChart = memo(function BarChart({ label, bars }) {
  const drawn = useMemo(() => {
    const top = Math.max(1, ...bars.map(({ value }) => value));
    return bars.map((bar, i) => ({
      ...bar,
      y: i * ROW,
      width: bar.value === 0 ? 0 : Math.max(3, (bar.value / top) * WIDTH),
    }));
  }, [bars]);
  const spoken = bars.map(({ name, value }) => `${name}: ${count(value)}`).join(', ');
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`}
      role="img"
      aria-label={`${label}: ${spoken}`}
    >
      {drawn.map(({ name, value, tone, y, width }) => (
        <g key={name}>
          <text x="0" y={y + 14}>
            {name}
          </text>
          <text x={WIDTH} y={y + 14} textAnchor="end" className="chart-value">
            {count(value)}
          </text>
          <rect x="0" y={y + 22} width={WIDTH} height={BAR} rx={BAR / 2} className="chart-track" />
          <rect
            x="0"
            y={y + 22}
            width={width}
            height={BAR}
            rx={BAR / 2}
            className={`chart-bar chart-${tone}`}
          />
        </g>
      ))}
    </svg>
  );
});
