/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells AddressSanitizer, ThreadSanitizer and valgrind which stack runs. Without them every
 * function here is empty (valgrind: a few instructions when a stack is mapped).
 */
#ifndef LOOP_CORO_TOOLS_H
#define LOOP_CORO_TOOLS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CORO_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define CORO_TSAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CORO_ASAN 1
#endif
#ifdef __SANITIZE_THREAD__
#define CORO_TSAN 1
#endif

#ifdef CORO_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef CORO_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define CORO_VALGRIND 1
#endif

struct coro_tools {
    unsigned valgrind_id;
    char *stack;
    size_t stack_bytes;
#ifdef CORO_ASAN
    void *fake_stack, *resumer_fake_stack;
    const void *resumer_stack;
    size_t resumer_stack_bytes;
#endif
#ifdef CORO_TSAN
    void *fiber, *resumer_fiber;
#endif
};

/* The stack was mapped; is about to be unmapped. */
static inline void coro_tools_map(struct coro_tools *tools, void *stack, size_t stack_bytes)
{
    tools->stack = stack;
    tools->stack_bytes = stack_bytes;
#ifdef CORO_VALGRIND
    tools->valgrind_id =
        (unsigned)VALGRIND_STACK_REGISTER(tools->stack, tools->stack + stack_bytes);
#endif
}

static inline void coro_tools_unmap(struct coro_tools *tools)
{
#ifdef CORO_VALGRIND
    VALGRIND_STACK_DEREGISTER(tools->valgrind_id);
#endif
}

/* A coroutine begins its life on the stack; has ended it. */
static inline void coro_tools_begin(struct coro_tools *tools)
{
#ifdef CORO_TSAN
    tools->fiber = __tsan_create_fiber(0);
#endif
}

static inline void coro_tools_end(struct coro_tools *tools)
{
#ifdef CORO_ASAN
    /* The last frames never returned. */
    __asan_unpoison_memory_region(tools->stack, tools->stack_bytes);
#endif
#ifdef CORO_TSAN
    __tsan_destroy_fiber(tools->fiber);
#endif
}

/* Around the switch, on the resumer's stack. */
static inline void coro_tools_resume(struct coro_tools *tools)
{
#ifdef CORO_ASAN
    __sanitizer_start_switch_fiber(&tools->resumer_fake_stack, tools->stack, tools->stack_bytes);
#endif
#ifdef CORO_TSAN
    tools->resumer_fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tools->fiber, 0);
#endif
}

static inline void coro_tools_resumed(struct coro_tools *tools)
{
#ifdef CORO_ASAN
    __sanitizer_finish_switch_fiber(tools->resumer_fake_stack, NULL, NULL);
#endif
}

/* Around the switch, on the coroutine's stack; `last`: it never runs again. */
static inline void coro_tools_yield(struct coro_tools *tools, bool last)
{
#ifdef CORO_ASAN
    __sanitizer_start_switch_fiber(last ? NULL : &tools->fake_stack, tools->resumer_stack,
                                   tools->resumer_stack_bytes);
#endif
#ifdef CORO_TSAN
    __tsan_switch_to_fiber(tools->resumer_fiber, 0);
#endif
}

static inline void coro_tools_running(struct coro_tools *tools, bool first)
{
#ifdef CORO_ASAN
    __sanitizer_finish_switch_fiber(first ? NULL : tools->fake_stack, &tools->resumer_stack,
                                    &tools->resumer_stack_bytes);
#endif
}

#endif
