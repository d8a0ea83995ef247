// SPDX-License-Identifier: Apache-2.0
// A page's heading and what one can do there. A new page takes the focus to its heading, so that
// keyboard and screen reader start where the eye does.
import { useEffect, useRef } from 'react';

export function Page({ title, lead, actions, children }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = `${title} · KeneyApp`;
  }, [title]);
  useEffect(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body || !focused.closest('main'))
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
