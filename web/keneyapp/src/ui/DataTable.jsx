// SPDX-License-Identifier: Apache-2.0
// Rows of a list: a table on wide screens, cards on narrow ones (the same elements, by CSS; roles
// are spelled out because a table that is not displayed as one loses them). Rows whose object has
// not changed are not drawn again.
import { memo } from 'react';
import { Icon } from './Icon.jsx';

// `columns` undefined: what they show is still on its way.
// A column: {name, label, render?(row), sorted?, className?}.
const Row = memo(function Row({ row, columns }) {
  return (
    <tr role="row">
      {columns.map(({ name, label, render, className }) => (
        <td role="cell" key={name} data-label={label} className={className}>
          <div>{render ? render(row) : row[name] ?? '—'}</div>
        </td>
      ))}
    </tr>
  );
});

function Heading({ column, sort, onSort }) {
  const { name, label, sorted, className } = column;
  if (!sorted || !onSort)
    return (
      <th role="columnheader" scope="col" className={className}>
        {label}
      </th>
    );
  const active = sort.by === name;
  const next = active && sort.order === 'asc' ? 'desc' : 'asc';
  const state = { asc: 'ascending', desc: 'descending' }[sort.order];
  return (
    <th role="columnheader" scope="col" aria-sort={active ? state : 'none'} className={className}>
      <button type="button" className="sort" onClick={() => onSort(name, next)}>
        {label}
        <Icon name={active && sort.order === 'desc' ? 'down' : 'up'} />
      </button>
    </th>
  );
}

export const DataTable = memo(function DataTable({ label, columns, rows, sort, onSort, empty, busy }) {
  if (!columns) return <TablePlaceholder rows={rows.length} />;
  if (rows.length === 0) return <p className="empty">{empty}</p>;
  return (
    <table role="table" className="table" aria-label={label} aria-busy={busy || undefined}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <Heading key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <Row key={row.id} row={row} columns={columns} />
        ))}
      </tbody>
    </table>
  );
});

// The shape of a table that is on its way, so that nothing jumps when it comes.
export function TablePlaceholder({ rows = 8 }) {
  return (
    <div className="table-placeholder" role="status">
      <span className="hidden">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} className="bone" />
      ))}
    </div>
  );
}
