/* SPDX-License-Identifier: Apache-2.0
 *
 * The few macros that the whole project shares: scope-bound cleanup, ownership transfer, array
 * sizes and compiler hints. Every foo_free(struct foo **) is NULL-safe and doubles as the cleanup
 * function: AUTO(foo_free) struct foo *f = foo_new();
 */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stddef.h>

#define AUTO(free_fn)        __attribute__((cleanup(free_fn)))
#define MUST_CHECK           __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, at) __attribute__((format(printf, fmt, at), nonnull(fmt)))
#define NORETURN             __attribute__((noreturn))
#define LIKELY(x)            __builtin_expect(!!(x), 1)
#define UNLIKELY(x)          __builtin_expect(!!(x), 0)
#define COUNT_OF(array)      (sizeof(array) / sizeof((array)[0]))
#define MIN_OF(a, b)         ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b)         ((a) > (b) ? (a) : (b))

/* The struct that embeds `member` at `ptr`. */
#define CONTAINER_OF(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/* Hands the pointer over: the giver's variable is NULL afterwards. */
#define TAKE(ptr)                                                                                  \
    ({                                                                                             \
        __typeof__(ptr) taken_ = (ptr);                                                            \
        (ptr) = NULL;                                                                              \
        taken_;                                                                                    \
    })

/* Result of an incremental step: parsers, handshakes, streams. */
enum step {
    STEP_FAILED = -1,
    STEP_MORE,
    STEP_DONE,
};

#endif
