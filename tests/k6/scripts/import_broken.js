// SPDX-License-Identifier: Apache-2.0
import { a } from './lib/broken.js';
export default function () {}
