export default function () {}
export function handleSummary() {
  return { stdout: null };
}
// error: 107 error handling summary object stdout: it needs to be a string or ArrayBuffer
