// SPDX-License-Identifier: Apache-2.0
// run: -e 'T=nothing_such' -e 'X=rate<1'
// run: -e 'T=http_req_duration' -e 'X=p95<200'
// run: -e 'T=http_req_duration' -e 'X=rate<200'
// run: -e 'T=http_req_duration' -e 'X=p(101)<200'
// run: -e 'T=http_req_duration' -e 'X=avg~200'
// run: -e 'T=checks' -e 'X=p(95)<200'
// run: -e 'T=http_reqs{a' -e 'X=count>1'
// run: -e 'T=http_reqs{}' -e 'X=count>=0'
// run: -e 'T=vus' -e 'X=value>=x'
// run: --no-thresholds -e 'T=nothing_such' -e 'X=rate<1'
export const options = { thresholds: { [__ENV.T]: [__ENV.X] } };
export default function () {}
