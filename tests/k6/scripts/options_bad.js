// SPDX-License-Identifier: Apache-2.0
// run: -e 'O={"vus":"x"}'
// run: -e 'O={"duration":"5q"}'
// run: -e 'O={"nonsense":1,"iterations":1}'
// run: -e 'O={"iterations":1,"duration":"1s","stages":[{"duration":"1s","target":1}]}'
// run: -e 'O={"scenarios":{}}'
// run: -e 'O={"stages":[]}'
// run: -e 'O={"scenarios":{"a":{"executor":"nonsense"}}}'
// run: -e 'O={"scenarios":{"a":{}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"constant-vus","nonsense":1,"duration":"1s"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"constant-vus"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"constant-vus","vus":0,"duration":"1s"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"constant-vus","duration":"500ms"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"constant-arrival-rate","duration":"1s"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"ramping-vus"}}}'
// run: -e 'O={"scenarios":{"a!":{"executor":"shared-iterations"}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"shared-iterations","vus":3,"iterations":2}}}'
// run: -e 'O={"scenarios":{"a":{"executor":"shared-iterations","startTime":"-1s"}}}'
// run: -e 'O={"iterations":1,"thresholds":{"checks":"rate>0"}}'
// run: -e 'O={"iterations":1,"thresholds":{"checks":[5]}}'
// run: -e 'O={"iterations":1,"tags":"x"}'
// run: -e 'O={"vus":3,"scenarios":{"a":{"executor":"shared-iterations"}}}'
// run: -e 'O=5'
// run: -e 'O=null'
// run: -e 'O={"iterations":1,"thresholds":{"checks":[{"threshold":"rate>0","abortOnFail":1}]}}'
// run: -e 'O={"iterations":1,"summaryTrendStats":["nope"]}'
// run: -e 'O={"iterations":1.5}'
// run: -e 'O={"iterations":-1}'
// run: -e 'O={"duration":1500}' -e SLEEP=0.31
import { sleep } from 'k6';
export const options = JSON.parse(__ENV.O);
export default function () {
  sleep(Number(__ENV.SLEEP || 0));
}
