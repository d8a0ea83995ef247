/* SPDX-License-Identifier: Apache-2.0
 *
 * The runner over a store whose queue is an array; the reports over a real one are in
 * test_patient_report.c. Threads are waited for with semaphores.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "keneyapp/jobs/job_runner.h"
#include "support/test.h"

enum {
    JOBS = 4,
};

struct fake_job {
    struct job_row row;
    char lease_until[32];
    char result[64];
};

struct fake_store {
    struct store store;
    pthread_mutex_t mutex;
    struct fake_job jobs[JOBS];
    size_t count;
    sem_t finished, put_back;
};

static struct fake_store *fake_of(struct session *session)
{
    return CONTAINER_OF(session->store, struct fake_store, store);
}

static struct session *fake_session_new(struct store *store, struct error *err)
{
    struct session *session = NEW(struct session);
    session->store = store;
    return session;
}

static void fake_session_free(struct session *session)
{
    free(session);
}

static void fake_rollback(struct session *session)
{
}

static bool is_free(const struct fake_job *job, struct span now)
{
    return (strcmp(job->row.state, "queued") == 0 || strcmp(job->row.state, "running") == 0) &&
           span_compare(span_cstr(job->lease_until), now) <= 0;
}

static enum store_result fake_take(struct session *session, struct span now,
                                   struct span lease_until, struct job_row *ret_job)
{
    struct fake_store *fake = fake_of(session);
    enum store_result result = STORE_NOT_FOUND;
    pthread_mutex_lock(&fake->mutex);
    for (size_t i = 0; i < fake->count && result != STORE_OK; i++) {
        struct fake_job *job = &fake->jobs[i];
        if (!is_free(job, now))
            continue;
        snprintf(job->row.state, sizeof(job->row.state), "running");
        snprintf(job->lease_until, sizeof(job->lease_until), "%.*s", SPAN_ARG(lease_until));
        job->row.attempts++;
        *ret_job = job->row;
        result = STORE_OK;
    }
    pthread_mutex_unlock(&fake->mutex);
    return result;
}

/* With the mutex, when the job's latest runner asks; else NULL. */
static struct fake_job *own_job(struct fake_store *fake, const struct job_row *row)
{
    struct fake_job *job = &fake->jobs[row->id - 1];
    pthread_mutex_lock(&fake->mutex);
    if (job->row.attempts == row->attempts && !job->result[0])
        return job;
    pthread_mutex_unlock(&fake->mutex);
    return NULL;
}

static enum store_result fake_finish(struct session *session, const struct job_row *row, bool good,
                                     struct span now, struct span text)
{
    struct fake_store *fake = fake_of(session);
    struct fake_job *job = own_job(fake, row);
    if (job) {
        snprintf(job->row.state, sizeof(job->row.state), good ? "done" : "failed");
        snprintf(job->result, sizeof(job->result), "%.*s", SPAN_ARG(text));
        pthread_mutex_unlock(&fake->mutex);
    }
    sem_post(&fake->finished);
    return job ? STORE_OK : STORE_NOT_FOUND;
}

static enum store_result fake_retry(struct session *session, const struct job_row *row,
                                    struct span due)
{
    struct fake_store *fake = fake_of(session);
    struct fake_job *job = own_job(fake, row);
    if (job) {
        snprintf(job->row.state, sizeof(job->row.state), "queued");
        snprintf(job->lease_until, sizeof(job->lease_until), "%.*s", SPAN_ARG(due));
        pthread_mutex_unlock(&fake->mutex);
    }
    sem_post(&fake->put_back);
    return job ? STORE_OK : STORE_NOT_FOUND;
}

static const struct store_ops FAKE_OPS = {
    .session_new = fake_session_new,
    .session_free = fake_session_free,
    .rollback = fake_rollback,
    .job_take = fake_take,
    .job_finish = fake_finish,
    .job_retry = fake_retry,
};

/* The kinds of work that the cases use. */
static enum store_result good_work(struct session *session, const struct job_row *job,
                                   struct span now, struct strbuf *out)
{
    strbuf_addf(out, "about %lld for tenant %lld", (long long)job->subject_id,
                (long long)session->tenant_id);
    return STORE_OK;
}

static enum store_result failing_work(struct session *session, const struct job_row *job,
                                      struct span now, struct strbuf *out)
{
    strbuf_adds(out, "the database could not be read");
    return STORE_UNAVAILABLE;
}

static enum store_result hopeless_work(struct session *session, const struct job_row *job,
                                       struct span now, struct strbuf *out)
{
    strbuf_adds(out, "nobody there");
    return STORE_NOT_FOUND;
}

static enum store_result huge_work(struct session *session, const struct job_row *job,
                                   struct span now, struct strbuf *out)
{
    out->overflow = true;
    return STORE_OK;
}

static const struct job_kind KINDS[] = {
    {"good", good_work},
    {"failing", failing_work},
    {"hopeless", hopeless_work},
    {"huge", huge_work},
};

static nsec_t wall_ns;

static nsec_t wall(void)
{
    return __atomic_load_n(&wall_ns, __ATOMIC_RELAXED);
}

struct world {
    struct fake_store fake;
    struct pool *pool;
    struct log log;
    struct job_runner_config config;
};

static int make_world(void **state)
{
    struct world *world = NEW(struct world);
    struct pool_config pool;
    struct error err = {0};
    wall_ns = INT64_C(1800000000) * NSEC_PER_SEC;
    world->fake.store.ops = &FAKE_OPS;
    pthread_mutex_init(&world->fake.mutex, NULL);
    sem_init(&world->fake.finished, 0, 0);
    sem_init(&world->fake.put_back, 0, 0);
    pool_config_defaults(&pool);
    world->pool = pool_new(&world->fake.store, &pool, &err);
    world->log = (struct log){.fd = -1};
    job_runner_config_defaults(&world->config);
    world->config.pool = world->pool;
    world->config.log = &world->log;
    world->config.wall = wall;
    world->config.kinds = KINDS;
    world->config.kind_count = COUNT_OF(KINDS);
    *state = world;
    return world->pool ? 0 : -1;
}

static int remove_world(void **state)
{
    struct world *world = *state;
    pool_free(&world->pool);
    pthread_mutex_destroy(&world->fake.mutex);
    free(world);
    return 0;
}

static struct fake_job *add_job(struct world *world, const char *kind)
{
    struct fake_job *job = &world->fake.jobs[world->fake.count++];
    *job = (struct fake_job){
        .row = {.id = (int64_t)world->fake.count, .tenant_id = 7, .subject_id = 42}};
    snprintf(job->row.kind, sizeof(job->row.kind), "%s", kind);
    snprintf(job->row.state, sizeof(job->row.state), "queued");
    return job;
}

static struct job_runner *start(struct world *world)
{
    struct error err = {0};
    struct job_runner *runner = job_runner_new(&world->config, &err);
    assert_non_null(runner);
    return runner;
}

static const struct end_case {
    const char *kind, *state, *result;
} ENDS[] = {
    {"good", "done", "about 42 for tenant 7"},
    {"hopeless", "failed", "nobody there"},
    {"huge", "failed", "the result has more than 4 MiB"},
    {"other", "failed", "this version of keneyapp does not know jobs of the kind \"other\""},
};

/* What was queued before the start is done after it, one attempt each. */
static void test_ends(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        add_job(world, ENDS[i].kind);
    struct job_runner *runner = start(world);
    for (size_t i = 0; i < COUNT_OF(ENDS); i++)
        sem_wait(&world->fake.finished);
    job_runner_free(&runner);
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        print_message("%s\n", ENDS[i].kind);
        assert_string_equal(world->fake.jobs[i].row.state, ENDS[i].state);
        assert_memory_equal(world->fake.jobs[i].result, ENDS[i].result,
                            MIN_OF(strlen(ENDS[i].result), sizeof(world->fake.jobs[i].result) - 1));
        assert_int_equal(world->fake.jobs[i].row.attempts, 1);
    }
}

static void test_wakes(void **state)
{
    struct world *world = *state;
    struct job_runner *runner = start(world);
    for (int i = 0; i < JOBS; i++) {
        pthread_mutex_lock(&world->fake.mutex);
        add_job(world, "good");
        pthread_mutex_unlock(&world->fake.mutex);
        job_runner_wake(runner);
        sem_wait(&world->fake.finished);
    }
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    job_runner_free(&runner);
    runner = start(world);
    job_runner_render(runner, &out);
    assert_non_null(
        strstr(strbuf_cstr(&out), "\nkeneyapp_jobs_finished_total{state=\"done\"} 0\n"));
    job_runner_free(&runner);
}

/* Each failed attempt is followed by a pause, longer every time, but not as long as a lease; the
 * last one ends the job. */
static void test_bounded_attempts(void **state)
{
    struct world *world = *state;
    struct fake_job *job = add_job(world, "failing");
    struct job_runner *runner = start(world);
    for (int attempt = 1; attempt < world->config.attempts_max; attempt++) {
        char due[32];
        nsec_t pause_ns = attempt * world->config.pause_ns;
        sem_wait(&world->fake.put_back);
        assert_string_equal(job->row.state, "queued");
        assert_string_equal(job->lease_until, store_time_text(wall_ns + pause_ns, due));
        assert_true(pause_ns < world->config.lease_ns);
        __atomic_add_fetch(&wall_ns, pause_ns, __ATOMIC_RELAXED);
        job_runner_wake(runner);
    }
    sem_wait(&world->fake.finished);
    job_runner_free(&runner);
    assert_string_equal(job->row.state, "failed");
    assert_string_equal(job->result, "the database could not be read");
    assert_int_equal(job->row.attempts, world->config.attempts_max);
}

/* Its runner was killed each time: it is not run any more. */
static void test_gives_up(void **state)
{
    struct world *world = *state;
    struct fake_job *job = add_job(world, "good");
    job->row.attempts = world->config.attempts_max;
    struct job_runner *runner = start(world);
    sem_wait(&world->fake.finished);
    job_runner_free(&runner);
    assert_string_equal(job->row.state, "failed");
    assert_string_equal(job->result, "it was never brought to an end");
}

static void test_leases_are_kept(void **state)
{
    struct world *world = *state;
    struct fake_job *other = add_job(world, "good");
    snprintf(other->row.state, sizeof(other->row.state), "running");
    store_time_text(wall_ns + NSEC_PER_SEC, other->lease_until);
    add_job(world, "good");
    struct job_runner *runner = start(world);
    sem_wait(&world->fake.finished);
    job_runner_free(&runner);
    assert_string_equal(world->fake.jobs[0].row.state, "running");
    assert_string_equal(world->fake.jobs[1].row.state, "done");
}

/* Its lease is over, and another runner has the job, or has done it, when it comes to its end. */
static void test_late(void **state)
{
    struct world *world = *state;
    struct session session = {.store = &world->fake.store};
    static const char *const THEIRS[] = {"", "theirs"};
    world->config.threads = 0;
    for (size_t i = 0; i < COUNT_OF(THEIRS); i++) {
        struct fake_job *job = add_job(world, "good");
        struct job_row before = job->row;
        job->row.attempts++;
        snprintf(job->result, sizeof(job->result), "%s", THEIRS[i]);
        struct job_runner *runner = start(world);
        assert_int_equal(job_runner_run_now(runner, &session, &before), STORE_OK);
        assert_string_equal(job->row.state, "queued");
        assert_string_equal(job->result, THEIRS[i]);
        AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
        job_runner_render(runner, &out);
        assert_non_null(
            strstr(strbuf_cstr(&out), "\nkeneyapp_jobs_finished_total{state=\"done\"} 0\n"));
        job_runner_free(&runner);
    }
}

static void test_run_now(void **state)
{
    struct world *world = *state;
    struct fake_job *job = add_job(world, "good");
    struct session session = {.store = &world->fake.store};
    world->config.threads = 0;
    struct job_runner *runner = start(world);
    assert_int_equal(job_runner_run_now(runner, &session, &job->row), STORE_OK);
    assert_string_equal(job->row.state, "done");
    AUTO(strbuf_done) struct strbuf out = STRBUF_INIT(1 << 16);
    job_runner_render(runner, &out);
    assert_non_null(
        strstr(strbuf_cstr(&out), "\nkeneyapp_jobs_finished_total{state=\"done\"} 1\n"));
    assert_non_null(strstr(strbuf_cstr(&out), "\nkeneyapp_job_duration_seconds_count 1\n"));
    job_runner_free(&runner);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown((test), make_world, remove_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_ends),
        WITH_WORLD(test_wakes),
        WITH_WORLD(test_bounded_attempts),
        WITH_WORLD(test_gives_up),
        WITH_WORLD(test_leases_are_kept),
        WITH_WORLD(test_late),
        WITH_WORLD(test_run_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
