// SPDX-License-Identifier: Apache-2.0
// One line about what was just done, spoken by screen readers, gone after a few seconds.
import { createContext, useCallback, useContext, useRef, useState } from 'react';
import { Icon } from './Icon.jsx';

const SHOWN_MS = 5000;
const ToastContext = createContext(() => {});

export const useToast = () => useContext(ToastContext);

export function Toasts({ children }) {
  const [text, setText] = useState('');
  const timer = useRef(0);
  const show = useCallback((sentence) => {
    clearTimeout(timer.current);
    setText(sentence);
    timer.current = setTimeout(() => setText(''), SHOWN_MS);
  }, []);
  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className="toasts" role="status">
        {text && (
          <p className="toast">
            <Icon name="check" />
            {text}
          </p>
        )}
      </div>
    </ToastContext.Provider>
  );
}
