/* SPDX-License-Identifier: Apache-2.0
 *
 * Coroutines and their pool. One mapping per coroutine, from low to high: guard page, stack,
 * struct coro. The struct shares the page that the first frames touch anyway.
 */
#include "loop/coro.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/util.h"
#include "loop/coro_context.h"
#include "loop/coro_tools.h"

/* Stacks of ended coroutines kept for the next ones; they keep the pages they touched. */
enum {
    CACHED_STACKS_MAX = 64
};

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

struct coro {
    struct coro_context context, resumer_context;
    struct coro *resumer; /* the coroutine that resumed this one, NULL: none */
    struct coro_pool *pool;
    struct coro *next_cached;
    coro_fn *fn;
    void *arg;
    bool ended;
    char *stack;
    size_t stack_bytes;
    struct coro_tools tools;
};

struct coro_pool {
    size_t page_bytes, map_bytes;
    struct coro *cached;
    unsigned cached_count, live_count;
};

static _Thread_local struct coro *running;

static size_t round_up(size_t bytes, size_t to)
{
    return (bytes + to - 1) / to * to;
}

struct coro_pool *coro_pool_new(size_t stack_bytes)
{
    struct coro_pool *pool = NEW(struct coro_pool);
    pool->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    pool->map_bytes =
        pool->page_bytes + round_up(stack_bytes + sizeof(struct coro), pool->page_bytes);
    return pool;
}

/* Linux 6.13 has guard pages that do not split the mapping: neighbouring stacks then count as one
 * towards vm.max_map_count, not as two each. */
static int guard(char *page, size_t page_bytes)
{
    if (madvise(page, page_bytes, MADV_GUARD_INSTALL) == 0)
        return 0;
    return mprotect(page, page_bytes, PROT_NONE);
}

static struct coro *map_coro(struct coro_pool *pool)
{
    char *map = mmap(NULL, pool->map_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (map == MAP_FAILED)
        return NULL;
    if (guard(map, pool->page_bytes) < 0) {
        int error = errno;
        munmap(map, pool->map_bytes);
        errno = error;
        return NULL;
    }
    size_t at = (pool->map_bytes - sizeof(struct coro)) / 64 * 64;
    struct coro *coro = (struct coro *)(map + at);
    coro->pool = pool;
    coro->stack = map + pool->page_bytes;
    coro->stack_bytes = at - pool->page_bytes;
    coro_tools_map(&coro->tools, coro->stack, coro->stack_bytes);
    return coro;
}

static void unmap_coro(struct coro *coro)
{
    struct coro_pool *pool = coro->pool;
    coro_tools_unmap(&coro->tools);
    munmap(coro->stack - pool->page_bytes, pool->map_bytes);
}

static struct coro *take_coro(struct coro_pool *pool)
{
    struct coro *coro = pool->cached;
    if (!coro)
        return map_coro(pool);
    pool->cached = coro->next_cached;
    pool->cached_count--;
    return coro;
}

static void give_back(struct coro *coro)
{
    struct coro_pool *pool = coro->pool;
    coro_tools_end(&coro->tools);
    pool->live_count--;
    if (pool->cached_count >= CACHED_STACKS_MAX) {
        unmap_coro(coro);
        return;
    }
    coro->next_cached = pool->cached;
    pool->cached = coro;
    pool->cached_count++;
}

void coro_pool_free(struct coro_pool **pool_ptr)
{
    struct coro_pool *pool = TAKE(*pool_ptr);
    if (!pool)
        return;
    assert(pool->live_count == 0);
    while (pool->cached)
        unmap_coro(take_coro(pool));
    free(pool);
}

static void leave(struct coro *coro)
{
    coro_tools_yield(&coro->tools, coro->ended);
    coro_context_switch(&coro->context, &coro->resumer_context);
}

static void coro_main(void)
{
    struct coro *coro = running;
    coro_tools_running(&coro->tools, true);
    coro->fn(coro->arg);
    coro->ended = true;
    leave(coro);
    abort();
}

struct coro *coro_new(struct coro_pool *pool, coro_fn *fn, void *arg)
{
    struct coro *coro = take_coro(pool);
    if (!coro)
        return NULL;
    pool->live_count++;
    coro->fn = fn;
    coro->arg = arg;
    coro->ended = false;
    coro_context_init(&coro->context, coro->stack, coro->stack_bytes, coro_main);
    coro_tools_begin(&coro->tools);
    return coro;
}

int coro_error(int error_number, struct error *err)
{
    return error_set(err, EXIT_INVALID_CONFIG,
                     "cannot map a stack for one more virtual user: %s; use fewer users, more "
                     "memory, or more memory mappings (sysctl -w vm.max_map_count=262144)",
                     strerror(error_number));
}

bool coro_resume(struct coro *coro)
{
    coro->resumer = running;
    running = coro;
    coro_tools_resume(&coro->tools);
    coro_context_switch(&coro->resumer_context, &coro->context);
    coro_tools_resumed(&coro->tools);
    running = coro->resumer;
    if (!coro->ended)
        return true;
    give_back(coro);
    return false;
}

void coro_yield(void)
{
    struct coro *coro = running;
    assert(coro);
    leave(coro);
    coro_tools_running(&coro->tools, false);
}

struct coro *coro_current(void)
{
    return running;
}

void *coro_stack(const struct coro *coro, size_t *ret_bytes)
{
    *ret_bytes = coro->stack_bytes;
    return coro->stack;
}

void coro_trim(const struct coro *coro)
{
    size_t page_bytes = coro->pool->page_bytes;
    /* On its own stack the frames of this call and of madvise() are below it too. */
    const char *sp =
        coro == running ? (char *)__builtin_frame_address(0) - page_bytes : coro->context.sp;
    if (sp <= coro->stack)
        return;
    size_t unused_bytes = (size_t)(sp - coro->stack) / page_bytes * page_bytes;
    if (unused_bytes > 0)
        madvise(coro->stack, unused_bytes, MADV_DONTNEED);
}
