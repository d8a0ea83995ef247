await Promise.reject(new Error('awaited'));
export default function () {}
// error: 107 Error: awaited
