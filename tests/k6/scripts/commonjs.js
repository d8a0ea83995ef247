// SPDX-License-Identifier: Apache-2.0
const http = require('k6/http');
const { check } = require('k6');
const { Counter } = require('k6/metrics');
const common = require('./lib/common.js');
const esm = require('./lib/esm.js');
const counter = new Counter('my_counter');
module.exports.options = { iterations: 1 };
module.exports.default = function () {
  counter.add(common.other.value);
  console.log(typeof http.get, common.name, esm.name, esm.four(), typeof esm.default, check(1, { ok: true }));
  try {
    require('./lib/other.js');
  } catch (e) {
    console.log(String(e));
  }
  try {
    open('./lib/data.txt');
  } catch (e) {
    console.log(String(e));
  }
};
