// SPDX-License-Identifier: Apache-2.0
// All prescriptions, newest first.
import '../ui/common.js';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useList } from '../hooks/useList.js';
import { useNames } from '../hooks/useNames.js';
import { useSession } from '../session.jsx';
import { DataTable, TablePlaceholder } from '../ui/DataTable.jsx';
import { Icon } from '../ui/Icon.jsx';
import { Page } from '../ui/Page.jsx';
import { Pager } from '../ui/Pager.jsx';
import { prescriptionColumns } from '../ui/prescriptionColumns.jsx';
import { Resource } from '../ui/Resource.jsx';
import { useToast } from '../ui/Toasts.jsx';

const PrescriptionForm = lazy(() => import('../forms/PrescriptionForm.jsx'));

const ORDER = { by: 'prescribed_date', order: 'desc' };

export default function Prescriptions() {
  const { may } = useSession();
  const toast = useToast();
  const { resource, sort, setPage, setSort } = useList('/prescriptions', { order: ORDER });
  const [writing, setWriting] = useState(false);
  const names = useNames(resource.data?.items);
  const columns = useMemo(() => names && prescriptionColumns(names), [names]);
  const saved = () => {
    setWriting(false);
    toast('The prescription is written');
    resource.reload();
  };
  return (
    <Page
      title="Prescriptions"
      actions={
        may('prescriptions.create') && (
          <button type="button" className="button button-primary" onClick={() => setWriting(true)}>
            <Icon name="plus" />
            Prescribe
          </button>
        )
      }
    >
      <Resource resource={resource} placeholder={<TablePlaceholder rows={12} />}>
        {(page) => (
          <>
            <DataTable
              label="Prescriptions"
              columns={columns}
              rows={page.items}
              sort={sort}
              onSort={setSort}
              busy={resource.loading}
              empty="No prescriptions yet."
            />
            <Pager page={page} onPage={setPage} />
          </>
        )}
      </Resource>
      <Suspense fallback={null}>
        {writing && <PrescriptionForm onSaved={saved} onClose={() => setWriting(false)} />}
      </Suspense>
    </Page>
  );
}
