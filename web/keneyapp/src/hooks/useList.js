// SPDX-License-Identifier: Apache-2.0
// A list of the interface with its page, order and filters in the address bar.
import { useCallback } from 'react';
import { useQuery } from '../router.jsx';
import { useResource } from './useResource.js';

const PAGE_ROWS = 20;

// `filters` are names of query members that the list understands; `fixed` are further parameters;
// `order` is {by, order} of a list that nobody has sorted, and left out for one that has an order of
// its own.
export function useList(path, { filters = [], fixed, order }) {
  const [query, change] = useQuery();
  const page = Math.max(1, Number.parseInt(query.page, 10) || 1);
  const sort = order && { by: query.sort || order.by, order: query.order || order.order };
  const asked = { skip: (page - 1) * PAGE_ROWS, limit: PAGE_ROWS, ...fixed };
  if (sort) Object.assign(asked, { sort_by: sort.by, sort_order: sort.order });
  for (const name of filters) asked[name] = query[name];

  const setPage = useCallback(
    (number) => {
      change({ page: number > 1 ? number : '' }, {});
      window.scrollTo(0, 0);
    },
    [change],
  );
  const setSort = useCallback((by, to) => change({ sort: by, order: to, page: '' }), [change]);
  const setFilter = useCallback((name, value) => change({ [name]: value, page: '' }), [change]);
  return { resource: useResource(path, asked), query, sort, setPage, setSort, setFilter };
}
