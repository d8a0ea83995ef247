/* SPDX-License-Identifier: Apache-2.0
 *
 * Stackful coroutines: straight-line code that waits. A pool maps stacks with a guard page below
 * each and reuses them; only touched pages cost memory. coro_resume() runs the coroutine until it
 * yields or ends; coro_yield() is called on the coroutine. Both stay on one thread. The switch is
 * a few instructions on x86-64 and ucontext elsewhere; sanitizers and valgrind are told about it.
 */
#ifndef LOOP_CORO_H
#define LOOP_CORO_H

#include <stdbool.h>
#include <stddef.h>

struct coro;
struct coro_pool;
struct error;

typedef void coro_fn(void *arg);

/* All stacks of a pool have `stack_bytes` (rounded up to pages). One owner thread. */
struct coro_pool *coro_pool_new(size_t stack_bytes);

/* Every coroutine of the pool must have ended. NULL-safe. */
void coro_pool_free(struct coro_pool **pool);

/* A suspended coroutine that will run fn(arg) at the first resume; NULL when no stack can be
 * mapped (errno says why). */
struct coro *coro_new(struct coro_pool *pool, coro_fn *fn, void *arg);

/* The sentence for a coro_new() that failed with `error_number`; returns -1. */
int coro_error(int error_number, struct error *err);

/* Also from another coroutine, which the yield then returns to. Ends when fn returns: coro_resume()
 * then gives the stack back to the pool, returns false and `coro` is gone. True: it yielded. */
bool coro_resume(struct coro *coro);

/* Suspends the running coroutine. */
void coro_yield(void);

/* The coroutine that runs now on this thread, or NULL. */
struct coro *coro_current(void);

/* Lowest usable address and size of its stack, for engines that check their own depth. */
void *coro_stack(const struct coro *coro, size_t *ret_bytes);

/* Tells the kernel that the pages below the stack pointer are free again; `coro` is suspended or
 * the caller itself. One system call: before a long sleep, so that a deep call does not stay in
 * memory for ever. Not while another coroutine runs that `coro` resumed. */
void coro_trim(const struct coro *coro);

#endif
