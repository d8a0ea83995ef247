/* SPDX-License-Identifier: Apache-2.0
 *
 * The switch by ucontext, for machines without one of their own. Each switch costs a system call
 * (the signal mask).
 */
#include "loop/coro_context.h"

#ifdef CORO_UCONTEXT

/* More than swapcontext() itself can need below its caller's frame. */
enum {
    SWITCH_FRAME_BYTES = 4096
};

void coro_context_init(struct coro_context *context, void *stack, size_t stack_bytes,
                       void (*entry)(void))
{
    getcontext(&context->ucontext);
    context->ucontext.uc_stack.ss_sp = stack;
    context->ucontext.uc_stack.ss_size = stack_bytes;
    context->ucontext.uc_link = NULL;
    makecontext(&context->ucontext, entry, 0);
    context->sp = (char *)stack + stack_bytes - SWITCH_FRAME_BYTES;
}

void coro_context_switch(struct coro_context *from, struct coro_context *to)
{
    from->sp = (char *)__builtin_frame_address(0) - SWITCH_FRAME_BYTES;
    swapcontext(&from->ucontext, &to->ucontext);
}

#endif
