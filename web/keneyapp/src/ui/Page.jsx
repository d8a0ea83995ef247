// SPDX-License-Identifier: Apache-2.0
// A page's heading and what one can do there. A new page takes the focus to its heading, so that
// keyboard and screen reader start where the eye does; a document that was just loaded does not, for
// there the first Tab has to reach the link that skips the navigation.
import { useEffect, useRef } from 'react';
import { hasMoved } from '../router.jsx';

export function Page({ title, lead, actions, children }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = `${title} · KeneyApp`;
  }, [title]);
  useEffect(() => {
    const focused = document.activeElement;
    if (hasMoved() && !focused?.closest('main'))
      heading.current.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="quiet">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
