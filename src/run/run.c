/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a run. `struct run` lives as long as one call of run_execute(); its stages are
 * functions in the order in which they happen.
 */
#include "run/run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "load/control.h"
#include "load/plan.h"
#include "load/worker.h"
#include "observe/host/process_watch.h"
#include "run/collector.h"
#include "run/descriptors.h"
#include "run/judge.h"
#include "run/progress.h"
#include "run/run_private.h"
#include "run/signals.h"

enum {
    TEXT_MAX_BYTES = 64 << 20,
    TERMINAL_TICK_MS = 100,
    PLAIN_TICK_MS = 1000,
};

/* After the last moment at which a script may run. */
static const nsec_t GIVE_UP_AFTER_NS = 15 * NSEC_PER_SEC;

/* On the signals' thread. */
static void on_signal(void *arg)
{
    static const char MESSAGE[] =
        "test run was aborted because keneyperf received an interrupt signal";
    struct run *run = arg;
    control_abort(run->control, ABORT_INTERRUPTED, MESSAGE, sizeof(MESSAGE) - 1);
    collector_wake(run->collector);
}

/* Why the test stopped before its end, unless something failed before; what fails because of an
 * interrupt is the interrupt's. */
static void note_stop(const struct run *run, struct error *err)
{
    static const int CODES[] = {
        [ABORT_INTERRUPTED] = EXIT_INTERRUPTED,
        [ABORT_BY_SCRIPT] = EXIT_ABORTED_BY_SCRIPT,
        [ABORT_BY_THRESHOLD] = EXIT_THRESHOLDS_FAILED,
        [ABORT_BY_EXCEPTION] = EXIT_SCRIPT_EXCEPTION,
    };
    int reason = atomic_load(&run->control->abort_reason);
    const char *message = run->control->message;
    if (reason == ABORT_NONE || (err->code && reason != ABORT_INTERRUPTED))
        return;
    *err = (struct error){0};
    if (reason == ABORT_BY_SCRIPT)
        error_set(err, CODES[reason], "test aborted%s%s", *message ? ": " : "", message);
    else
        error_set(err, CODES[reason], "%s", message);
}

static void log_error(const struct run *run, const struct error *err)
{
    char text[1200];
    if (err->code)
        log_printf(run->config->log, LOG_ERROR, "%s", error_text(err, text, sizeof(text)));
}

/* Calls one of the script's life cycle functions; `timeout_code` is its exit code when it takes
 * too long. */
static int call_script(struct run *run, run_call_fn *fn, const char *group, nsec_t timeout_ns,
                       int timeout_code, struct script_call *call)
{
    struct error timeout = {0};
    bool stopped = atomic_load(&run->control->abort_reason) != ABORT_NONE;
    if (worker_run_once(run->pool->aux, span_cstr(group), timeout_ns, fn, call, &timeout) < 0)
        return error_set(call->err, timeout_code, "%s", timeout.message);
    /* What test.abort() throws is not the script's failure. */
    if (!stopped && atomic_load(&run->control->abort_reason) == ABORT_BY_SCRIPT) {
        call->err->code = 0;
        note_stop(run, call->err);
        return -1;
    }
    return call->failed ? -1 : 0;
}

static int set_up(struct run *run, struct error *err)
{
    const struct plan *plan = run->config->plan;
    if (!run->config->script->setup || plan->no_setup)
        return 0;
    struct script_call call = {.err = err};
    int result = call_script(run, run->config->script->setup, "::setup", plan->setup_timeout_ns,
                             EXIT_SETUP_TIMEOUT, &call);
    run->setup_data = call.result;
    run->pool->ops->set_setup_data(run->pool, span_cstr(run->setup_data));
    return result;
}

static int tear_down(struct run *run, struct error *err)
{
    const struct plan *plan = run->config->plan;
    if (!run->config->script->teardown || plan->no_teardown)
        return 0;
    struct script_call call = {.err = err};
    return call_script(run, run->config->script->teardown, "::teardown", plan->teardown_timeout_ns,
                       EXIT_TEARDOWN_TIMEOUT, &call);
}

/* In one write(2): a log line of another thread comes before or after, not in the middle. */
static void print(const struct strbuf *text)
{
    struct span left = strbuf_span(text);
    fflush(stdout);
    while (left.len) {
        ssize_t n = write(STDOUT_FILENO, left.ptr, left.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        left = span_from(left, (size_t)n);
    }
}

static size_t terminal_columns(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void draw_progress(struct run *run, bool ended)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    if (run->config->quiet)
        return;
    nsec_t since = clock_now(clock_monotonic()) - atomic_load(&run->control->start_ns);
    if (run->progress.terminal)
        run->progress.columns = terminal_columns();
    progress_draw(&run->progress, MAX_OF(since, 0), ended, &text);
    print(&text);
}

static void erase_progress(const struct run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    if (run->config->quiet)
        return;
    progress_erase(&run->progress, &text);
    print(&text);
}

static void describe(struct run *run)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(TEXT_MAX_BYTES);
    AUTO(strbuf_done) struct strbuf outputs = STRBUF_INIT(TEXT_MAX_BYTES);
    if (run->config->quiet)
        return;
    for (size_t i = 0; i < run->config->output_count; i++) {
        struct span file, kind = span_cut(span_cstr(run->config->outputs[i]), '=', &file);
        strbuf_addf(&outputs, "%s%.*s", i ? ", " : "", SPAN_ARG(kind));
        if (file.len)
            strbuf_addf(&outputs, " (%.*s)", SPAN_ARG(file));
    }
    if (run->config->output_count == 0)
        strbuf_adds(&outputs, "-");
    progress_describe(&run->progress, run->config->plan->script_path, strbuf_cstr(&outputs), &text);
    print(&text);
}

static void wait_for_news(struct run *run, nsec_t until_ns)
{
    struct pollfd fds[] = {
        {.fd = collector_fd(run->collector), .events = POLLIN},
        {.fd = run->pool->fd, .events = POLLIN}, /* poll(2) leaves -1 out */
    };
    nsec_t left = until_ns - clock_now(clock_monotonic());
    poll(fds, COUNT_OF(fds), (int)(MAX_OF(left, 0) / NSEC_PER_MSEC) + 1);
    if (run->pool->ops->turn)
        run->pool->ops->turn(run->pool);
    collector_drain(run->collector);
}

/* Interrupted users leave at once, unless they are inside of one call that the language's engine
 * cannot interrupt (a sort of a billion elements): their thread cannot be ended from outside. */
static bool is_overdue(const struct run *run, nsec_t now, nsec_t *last_ns)
{
    if (atomic_load(&run->control->abort_reason) != ABORT_NONE)
        *last_ns = MIN_OF(*last_ns, now);
    return *last_ns != NSEC_NEVER && now > *last_ns + GIVE_UP_AFTER_NS;
}

/* From the start of the load to the end of the last worker. A test that was stopped before has no
 * start: its workers only have to end. */
static void follow_load(struct run *run)
{
    nsec_t begin_ns = MAX_OF(atomic_load(&run->control->start_ns), clock_now(clock_monotonic()));
    nsec_t length_ns = plan_duration_ns(run->config->plan, true);
    nsec_t last_ns = length_ns == NSEC_NEVER ? NSEC_NEVER : begin_ns + length_ns;
    nsec_t tick = (run->progress.terminal ? TERMINAL_TICK_MS : PLAIN_TICK_MS) * NSEC_PER_MSEC;
    nsec_t next_tick = begin_ns + tick;
    while (!run->pool->ops->has_ended(run->pool)) {
        wait_for_news(run, next_tick);
        nsec_t now = clock_now(clock_monotonic());
        judge_while_running(run->judge, run->control, collector_total(run->collector),
                            now - run->start_ns);
        if (now < next_tick)
            continue;
        if (is_overdue(run, now, &last_ns)) {
            run->pool->ops->give_up(run->pool);
            return;
        }
        draw_progress(run, false);
        next_tick += ((now - next_tick) / tick + 1) * tick;
    }
}

static void join_workers(struct run *run)
{
    run->pool->ops->join(run->pool);
    collector_drain(run->collector);
}

static nsec_t load_end(const struct run *run)
{
    return run->pool->end_ns ? run->pool->end_ns : clock_now(clock_monotonic());
}

static void load(struct run *run)
{
    struct error err;
    if (run_start_watch(run, &err) < 0)
        log_printf(run->config->log, LOG_WARNING, "%s", err.message);
    run->pool->ops->begin(run->pool);
    follow_load(run);
    run->load_ns = load_end(run) - atomic_load(&run->control->start_ns);
    erase_progress(run);
    join_workers(run);
    run_stop_watch(run);
}

/* Users that wait for a load that will not begin. */
static void abandon(struct run *run)
{
    control_abort(run->control, ABORT_BY_EXCEPTION, "", 0);
    join_workers(run);
}

static int make_parts(struct run *run, struct error *err)
{
    const struct run_config *config = run->config;
    run->judge = judge_new(config, err);
    if (!run->judge || run_check_summary(run, err) < 0)
        return -1;
    descriptors_raise();
    run->control = control_new(config->plan->scenario_count);
    run->collector = collector_new(config->registry, err);
    if (!run->collector)
        return -1;
    run->pool = config->script->bridge ? pool_processes_new(run, err) : pool_threads_new(run, err);
    if (!run->pool)
        return -1;
    run->progress = (struct progress){.plan = config->plan, .control = run->control};
    run->progress.terminal = isatty(STDOUT_FILENO);
    run->signals = signals_watch(on_signal, run, err);
    if (!run->signals)
        return -1;
    return run_open_outputs(run, err) < 0 || run_start_watch(run, err) < 0 ? -1 : 0;
}

static void run_done(struct run *run)
{
    signals_unwatch(&run->signals);
    /* Both still hold what belongs to the workers: snapshots, and tags of samples. */
    if (run->collector)
        collector_drain(run->collector);
    run_close_outputs(run);
    pool_free(&run->pool);
    process_watch_stop(&run->watch, &run->usage);
    judge_free(&run->judge);
    collector_free(&run->collector);
    control_free(&run->control);
    free(run->setup_data);
}

/* The first error wins, be it the script's or why the load stopped; then the thresholds decide. */
static int exit_code(const struct run *run, const struct error *err)
{
    if (err->code)
        return err->code;
    if (run->pool->failure.code)
        return run->pool->failure.code;
    if (atomic_load(&run->control->failed_by_script))
        return EXIT_FAILED_BY_SCRIPT;
    return judge_passed(run->judge) ? EXIT_OK : EXIT_THRESHOLDS_FAILED;
}

static double requests_so_far(const struct run *run)
{
    collector_drain(run->collector);
    const struct sink *sink = snapshot_metric(collector_total(run->collector), METRIC_HTTP_REQS);
    return sink ? sink->sum : 0;
}

/* setup → load → teardown; -1 when the script failed in setup. Teardown runs after an aborted load,
 * not after a failed setup (k6). */
static void run_stages(struct run *run, struct error *err)
{
    run->start_ns = clock_now(clock_monotonic());
    if (set_up(run, err) < 0) {
        note_stop(run, err);
        log_error(run, err);
        abandon(run);
    } else {
        nsec_t cpu_start = run->pool->ops->cpu_ns(run->pool);
        double requests_before = requests_so_far(run);
        load(run);
        run->load_requests = requests_so_far(run) - requests_before;
        run->load_cpu_ns = run->pool->ops->cpu_ns(run->pool) - cpu_start;
        note_stop(run, err);
        log_error(run, err);
        struct error teardown_error = {0};
        if (!run->pool->is_stuck && tear_down(run, &teardown_error) < 0) {
            log_error(run, &teardown_error);
            if (!err->code)
                *err = teardown_error;
        }
    }
    collector_drain(run->collector);
    run->duration_ns = load_end(run) - run->start_ns;
}

static void tell_script(const struct run *run, struct error *err)
{
    const struct run_script *script = run->config->script;
    struct error failure = {0};
    struct run_totals totals = {
        .registry = run->config->registry,
        .total = collector_total(run->collector),
        .load_ns = run->load_ns,
    };
    if (!script->done || script->done(script->script, &totals, &failure) == 0)
        return;
    log_error(run, &failure);
    if (!err->code)
        *err = failure;
}

/* What the stuck thread uses cannot be freed under it. */
static NORETURN void leave_stuck(void)
{
    fflush(NULL);
    _exit(EXIT_TIMEOUT);
}

int run_execute(const struct run_config *config)
{
    struct error err = {0};
    AUTO(run_done) struct run run = {.config = config};
    if (make_parts(&run, &err) < 0) {
        log_error(&run, &err);
        return err.code;
    }
    describe(&run);
    if (run.pool->ops->make(run.pool, &err) < 0) {
        note_stop(&run, &err);
        log_error(&run, &err);
        abandon(&run);
        return exit_code(&run, &err);
    }
    run_stages(&run, &err);
    if (!run.pool->is_stuck)
        run_close_outputs(&run);
    run_judge(&run);
    run_summarize(&run);
    if (atomic_load(&run.control->start_ns))
        draw_progress(&run, true);
    run_print_verdict(&run);
    if (run.pool->is_stuck)
        leave_stuck();
    tell_script(&run, &err);
    return exit_code(&run, &err);
}
