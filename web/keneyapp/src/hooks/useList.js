// SPDX-License-Identifier: Apache-2.0
// A list of the interface with its page, order and filters in the address bar.
import { useCallback } from 'react';
import { useQuery } from '../router.jsx';
import { useResource } from './useResource.js';

export const PAGE_ROWS = 20;

// `filters` are names of query members that the list understands; `order` is {by, order} of a list
// that nobody has sorted.
export function useList(path, { filters = [], order }) {
  const [query, change] = useQuery();
  const page = Math.max(1, Number.parseInt(query.page, 10) || 1);
  const sort = { by: query.sort || order.by, order: query.order || order.order };
  const asked = { skip: (page - 1) * PAGE_ROWS, limit: PAGE_ROWS };
  asked.sort_by = sort.by;
  asked.sort_order = sort.order;
  for (const name of filters) asked[name] = query[name];

  const setPage = useCallback((number) => change({ page: number > 1 ? number : '' }, {}), [change]);
  const setSort = useCallback((by, to) => change({ sort: by, order: to, page: '' }), [change]);
  const setFilter = useCallback((name, value) => change({ [name]: value, page: '' }), [change]);
  return { resource: useResource(path, asked), query, sort, setPage, setSort, setFilter };
}
