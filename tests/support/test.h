/* SPDX-License-Identifier: Apache-2.0
 *
 * cmocka, which needs four headers included before it, wrapped once. Its asserts longjmp: never
 * assert on a coroutine stack.
 */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
