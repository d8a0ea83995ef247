// SPDX-License-Identifier: Apache-2.0
import { createRoot } from 'react-dom/client';
import { App } from './app.jsx';
import { SessionProvider } from './session.jsx';
import { Toasts } from './ui/Toasts.jsx';
import { observeVitals } from './vitals.js';

observeVitals();
createRoot(document.getElementById('root')).render(
  <SessionProvider>
    <Toasts>
      <App />
    </Toasts>
  </SessionProvider>,
);
