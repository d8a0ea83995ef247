/* SPDX-License-Identifier: Apache-2.0
 *
 * Coroutines: order of running, what a switch preserves, many at once, memory given back, the
 * guard page. Built twice: with the machine's own switch and with ucontext. Asserts longjmp, so
 * coroutines only note what they see.
 */
#include <errno.h>
#include <fenv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/util.h"
#include "loop/coro.h"
#include "support/test.h"

enum {
    STACK_BYTES = 128 * 1024,
    /* A fiber of ThreadSanitizer costs milliseconds, and gcc 12 has room for 8,128. */
#ifdef __SANITIZE_THREAD__
    MANY = 200,
#else
    MANY = 10000,
#endif
};

struct trace {
    char text[64];
    struct coro *self;
    struct coro_pool *pool;
};

static void note(struct trace *trace, const char *text)
{
    size_t len = strlen(trace->text);
    snprintf(trace->text + len, sizeof trace->text - len, "%s", text);
}

static void run_three_steps(void *arg)
{
    struct trace *trace = arg;
    trace->self = coro_current();
    note(trace, "1");
    coro_yield();
    note(trace, "2");
    coro_yield();
    note(trace, "3");
}

static void runs_until_it_yields_or_ends(void **state)
{
    struct coro_pool *pool = coro_pool_new(STACK_BYTES);
    struct trace trace = {0};
    struct coro *coro = coro_new(pool, run_three_steps, &trace);
    assert_string_equal(trace.text, "");
    assert_true(coro_resume(coro));
    assert_string_equal(trace.text, "1");
    assert_ptr_equal(trace.self, coro);
    assert_null(coro_current());
    assert_true(coro_resume(coro));
    assert_false(coro_resume(coro));
    assert_string_equal(trace.text, "123");
    coro_pool_free(&pool);
    assert_null(pool);
}

static void run_nested(void *arg)
{
    struct trace *trace = arg;
    struct trace inner = {0};
    struct coro *self = coro_current(), *coro = coro_new(trace->pool, run_three_steps, &inner);
    note(trace, "a");
    coro_resume(coro);
    note(trace, inner.text);
    note(trace, coro_current() == self ? "b" : "?");
    coro_yield();
    while (coro_resume(coro))
        note(trace, "c");
    note(trace, inner.text);
}

static void coroutines_nest(void **state)
{
    struct coro_pool *pool = coro_pool_new(STACK_BYTES);
    struct trace trace = {.pool = pool};
    struct coro *coro = coro_new(pool, run_nested, &trace);
    assert_true(coro_resume(coro));
    assert_string_equal(trace.text, "a1b");
    assert_false(coro_resume(coro));
    assert_string_equal(trace.text, "a1bc123");
    coro_pool_free(&pool);
}

static void run_rounding_up(void *arg)
{
    int *modes = arg;
    modes[0] = fegetround();
    fesetround(FE_UPWARD);
    coro_yield();
    modes[1] = fegetround();
}

static void rounding_modes_stay_apart(void **state)
{
    struct coro_pool *pool = coro_pool_new(STACK_BYTES);
    int modes[2] = {-1, -1};
    struct coro *coro = coro_new(pool, run_rounding_up, modes);
    coro_resume(coro);
    assert_int_equal(fegetround(), FE_TONEAREST);
    coro_resume(coro);
    assert_int_equal(fegetround(), FE_TONEAREST);
    assert_int_equal(modes[0], FE_TONEAREST);
    assert_int_equal(modes[1], FE_UPWARD);
    coro_pool_free(&pool);
}

/* Values that live across switches in registers and on the stack, alignment for SSE included. */
static void run_sum(void *arg)
{
    double *total = arg;
    _Alignas(16) double parts[4] = {1, 2, 3, 4};
    long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    for (int i = 0; i < 5; i++) {
        coro_yield();
        a += b, b += c, c += d, d += e, e += f, f += i;
        for (size_t k = 0; k < COUNT_OF(parts); k++)
            parts[k] *= 2;
    }
    *total =
        parts[0] + parts[3] + (double)(a + b + c + d + e + f) + ((uintptr_t)parts % 16 ? 1e9 : 0);
}

static double expected_sum(void)
{
    long a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    for (int i = 0; i < 5; i++)
        a += b, b += c, c += d, d += e, e += f, f += i;
    return 32 + 4 * 32 + (double)(a + b + c + d + e + f);
}

static void many_interleave(void **state)
{
    struct coro_pool *pool = coro_pool_new(STACK_BYTES);
    struct coro **coros = NEW_ARRAY(struct coro *, MANY);
    double *totals = NEW_ARRAY(double, MANY);
    for (int round = 0; round < 2; round++) {
        int alive = MANY;
        for (int i = 0; i < MANY; i++) {
            coros[i] = coro_new(pool, run_sum, &totals[i]);
            assert_non_null(coros[i]);
        }
        while (alive > 0) {
            for (int i = 0; i < MANY; i++) {
                if (coros[i] && !coro_resume(coros[i])) {
                    coros[i] = NULL;
                    alive--;
                }
            }
        }
        for (int i = 0; i < MANY; i++)
            assert_true(totals[i] == expected_sum());
    }
    mem_free(&totals);
    mem_free(&coros);
    coro_pool_free(&pool);
}

static void run_nothing(void *arg)
{
}

static void stacks_are_reused(void **state)
{
    struct coro_pool *pool = coro_pool_new(1);
    struct coro *first = coro_new(pool, run_nothing, NULL);
    size_t bytes;
    char *stack = coro_stack(first, &bytes);
    assert_true((char *)&bytes < stack || (char *)&bytes >= stack + bytes);
    assert_true(bytes >= 1);
    assert_false(coro_resume(first));
    assert_ptr_equal(coro_new(pool, run_nothing, NULL), first);
    assert_false(coro_resume(first));
    coro_pool_free(&pool);
}

/* Touches about `bytes` of stack. The block is used after the call: no compiler makes this a loop.
 */
__attribute__((noinline)) static int dig(size_t bytes)
{
    char block[1024];
    memset(block, 1, sizeof block);
    __asm__ volatile("" : : "r"(block) : "memory");
    int below = bytes > sizeof block ? dig(bytes - sizeof block) : 0;
    __asm__ volatile("" : : "r"(block) : "memory");
    return below + block[7];
}

static void run_deep(void *arg)
{
    int *depths = arg;
    depths[0] = dig(STACK_BYTES / 2);
    coro_yield();
    coro_trim(coro_current());
    depths[1] = dig(STACK_BYTES / 2);
    coro_yield();
    depths[2] = dig(STACK_BYTES / 4);
}

static size_t resident_pages(const struct coro *coro)
{
    unsigned char pages[STACK_BYTES / 4096 + 1];
    size_t bytes, count = 0;
    char *stack = coro_stack(coro, &bytes);
    assert_int_equal(mincore(stack, bytes, pages), 0);
    for (size_t i = 0; i < bytes / (size_t)sysconf(_SC_PAGESIZE); i++)
        count += pages[i] & 1;
    return count;
}

static void trimming_gives_pages_back(void **state)
{
    struct coro_pool *pool = coro_pool_new(STACK_BYTES);
    int depths[3] = {0};
    struct coro *coro = coro_new(pool, run_deep, depths);
    coro_resume(coro);
    assert_true(resident_pages(coro) >= STACK_BYTES / 2 / (size_t)sysconf(_SC_PAGESIZE));
    coro_trim(coro);
    assert_true(resident_pages(coro) <= 4);
    coro_resume(coro);
    coro_trim(coro);
    assert_true(resident_pages(coro) <= 4);
    assert_false(coro_resume(coro));
    assert_int_equal(depths[0], depths[1]);
    assert_int_equal(depths[0], 2 * depths[2]);
    coro_pool_free(&pool);
}

static void run_too_deep(void *arg)
{
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    dig(2 * STACK_BYTES);
}

static void overflow_hits_the_guard_page(void **state)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct coro_pool *pool = coro_pool_new(STACK_BYTES);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        /* Something to overwrite silently, were there no guard between two stacks. */
        struct coro *above = coro_new(pool, run_too_deep, NULL);
        struct coro *below = coro_new(pool, run_too_deep, NULL);
        coro_resume((void *)above > (void *)below ? above : below);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void failing_to_map_is_a_sentence(void **state)
{
    struct coro_pool *pool = coro_pool_new((size_t)1 << 60);
    struct error err = {0};
    errno = 0;
    assert_null(coro_new(pool, run_nothing, NULL));
    assert_int_not_equal(errno, 0);
    assert_int_equal(coro_error(ENOMEM, &err), -1);
    assert_non_null(strstr(err.message, "Cannot allocate memory"));
    assert_non_null(strstr(err.message, "vm.max_map_count"));
    coro_pool_free(&pool);
    coro_pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_until_it_yields_or_ends),
        cmocka_unit_test(coroutines_nest),
        cmocka_unit_test(rounding_modes_stay_apart),
        cmocka_unit_test(many_interleave),
        cmocka_unit_test(stacks_are_reused),
        cmocka_unit_test(trimming_gives_pages_back),
        cmocka_unit_test(overflow_hits_the_guard_page),
        cmocka_unit_test(failing_to_map_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
