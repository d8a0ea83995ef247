/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch between two stacks, and nothing else: coro_context_x86_64.c, or on other machines
 * (and with CORO_UCONTEXT defined) coro_context_ucontext.c.
 */
#ifndef LOOP_CORO_CONTEXT_H
#define LOOP_CORO_CONTEXT_H

#include <stddef.h>

#if !defined(CORO_UCONTEXT) && !defined(__x86_64__)
#define CORO_UCONTEXT 1
#endif

#ifdef CORO_UCONTEXT
#include <ucontext.h>
#endif

struct coro_context {
    void *sp; /* while switched away: nothing below is in use */
#ifdef CORO_UCONTEXT
    ucontext_t ucontext;
#endif
};

/* The first switch to `context` calls entry() on the stack; it must never return. */
void coro_context_init(struct coro_context *context, void *stack, size_t stack_bytes,
                       void (*entry)(void));

/* Returns when something switches back to `from`. */
void coro_context_switch(struct coro_context *from, struct coro_context *to);

#endif
