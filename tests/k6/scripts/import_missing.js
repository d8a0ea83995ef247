// SPDX-License-Identifier: Apache-2.0
import { thing } from './lib/missing.js';
export default function () {}
