/* SPDX-License-Identifier: Apache-2.0
 *
 * Recording, cutting, merging, and the proof that the pointer path and the encoded path agree.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "metrics/tags.h"
#include "support/test.h"

struct fixture {
    struct registry *registry;
    struct tag_table *table;
    struct recorder *recorder;
    const struct metric *counter, *gauge, *rate, *trend;
    const struct series *ok;
    const struct tag_set *ok_tags, *bad_tags;
};

static void setup(struct fixture *f)
{
    struct registry *r = f->registry = registry_new();
    f->counter = registry_add(r, SPAN("my_counter"), METRIC_COUNTER, METRIC_DEFAULT, NULL);
    f->gauge = registry_add(r, SPAN("my_gauge"), METRIC_GAUGE, METRIC_DEFAULT, NULL);
    f->rate = registry_add(r, SPAN("my_rate"), METRIC_RATE, METRIC_DEFAULT, NULL);
    f->trend = registry_add(r, SPAN("my_trend"), METRIC_TREND, METRIC_TIME, NULL);
    f->ok = registry_add_selector(r, SPAN("my_trend{status:200}"), NULL);
    registry_add_selector(r, SPAN("my_counter{status:500}"), NULL);
    f->table = tag_table_new(r);
    const struct tag_set *none = tag_set_empty(f->table);
    f->ok_tags = tag_set_with1(f->table, none, SPAN("status"), SPAN("200"));
    f->bad_tags = tag_set_with1(f->table, none, SPAN("status"), SPAN("500"));
    f->recorder = recorder_new(r, 3);
}

static void teardown(struct fixture *f)
{
    recorder_free(&f->recorder);
    tag_table_free(&f->table);
    registry_free(&f->registry);
}

static const struct sink *sink_of(const struct snapshot *snapshot, const struct metric *metric)
{
    return snapshot_sink(snapshot, metric->series_id);
}

static void test_each_type(void **state)
{
    struct fixture f;
    setup(&f);
    recorder_add(f.recorder, f.counter->id, NULL, 2);
    recorder_add(f.recorder, f.counter->id, NULL, 0.5);
    recorder_add(f.recorder, f.gauge->id, NULL, 7);
    recorder_add(f.recorder, f.gauge->id, NULL, -1);
    recorder_add(f.recorder, f.gauge->id, NULL, 3);
    recorder_add(f.recorder, f.rate->id, NULL, 0);
    recorder_add(f.recorder, f.rate->id, NULL, 5);
    recorder_add(f.recorder, f.trend->id, NULL, 12.5);
    recorder_add(f.recorder, f.trend->id, NULL, NAN);
    struct snapshot *cut = recorder_cut(f.recorder, 5);
    assert_true(sink_of(cut, f.counter)->sum == 2.5 && sink_of(cut, f.counter)->count == 2);
    const struct sink *gauge = sink_of(cut, f.gauge);
    assert_true(gauge->value == 3 && gauge->min == -1 && gauge->max == 7);
    assert_true(sink_of(cut, f.rate)->sum == 1 && sink_of(cut, f.rate)->count == 2);
    assert_true(sink_of(cut, f.trend)->trend.max == 12.5);
    assert_null(snapshot_sink(cut, METRIC_HTTP_REQS));
    assert_int_equal(cut->refused, 1);
    assert_int_equal(cut->worker, 3);
    recorder_recycle(f.recorder, cut);
    teardown(&f);
}

static void test_submetrics_take_their_own_metric_only(void **state)
{
    struct fixture f;
    setup(&f);
    recorder_add(f.recorder, f.trend->id, f.ok_tags, 1);
    recorder_add(f.recorder, f.trend->id, f.bad_tags, 2);
    recorder_add(f.recorder, f.trend->id, NULL, 3);
    recorder_add(f.recorder, f.counter->id, f.ok_tags, 1);
    struct snapshot *cut = recorder_cut(f.recorder, 5);
    assert_int_equal(cut->start_ns, 5); /* never begun */
    assert_int_equal(cut->end_ns, 5);
    assert_true(sink_of(cut, f.trend)->trend.count == 3);
    assert_true(snapshot_sink(cut, f.ok->id)->trend.count == 1);
    assert_null(snapshot_sink(cut, f.counter->submetrics[0]));
    recorder_recycle(f.recorder, cut);
    teardown(&f);
}

static void test_cuts_carry_only_what_is_new(void **state)
{
    struct fixture f;
    setup(&f);
    recorder_begin(f.recorder, 40);
    for (int i = 0; i < 5; i++) {
        recorder_add(f.recorder, f.trend->id, NULL, i);
        recorder_check(f.recorder, SPAN("::g"), SPAN("c"), i % 2);
        struct snapshot *cut = recorder_cut(f.recorder, 100 + i);
        assert_int_equal(cut->start_ns, i == 0 ? 40 : 99 + i);
        assert_int_equal(cut->end_ns, 100 + i);
        assert_true(sink_of(cut, f.trend)->trend.count == 1);
        assert_true(sink_of(cut, f.trend)->trend.max == i);
        assert_int_equal(cut->check_count, 1);
        assert_int_equal(cut->checks[0].passes, i % 2);
        assert_int_equal(cut->checks[0].fails, !(i % 2));
        recorder_recycle(f.recorder, cut);
    }
    struct snapshot *empty = recorder_cut(f.recorder, 200);
    assert_null(sink_of(empty, f.trend));
    assert_int_equal(empty->check_count, 0);
    recorder_recycle(f.recorder, empty);
    teardown(&f);
}

static void test_checks_keep_their_order(void **state)
{
    struct fixture f;
    char name[16];
    setup(&f);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            snprintf(name, sizeof(name), "check %d", i);
            recorder_check(f.recorder, i % 2 ? SPAN("") : SPAN("::a"), span_cstr(name), true);
        }
    }
    recorder_check(f.recorder, SPAN("::b"), SPAN("check 0"), false);
    struct snapshot *cut = recorder_cut(f.recorder, 1);
    assert_int_equal(cut->check_count, 101);
    assert_true(span_equal(cut->checks[1].name, SPAN("check 1")));
    assert_int_equal(cut->checks[0].passes, 3);
    assert_int_equal(cut->checks[0].fails, 0);
    assert_int_equal(cut->checks[100].fails, 1);
    recorder_recycle(f.recorder, cut);
    teardown(&f);
}

static void count_point(void *arg, uint32_t metric_id, const struct tag_set *tags, nsec_t wall_ns,
                        double value)
{
    *(double *)arg += value;
}

static void test_tap_sees_points(void **state)
{
    struct fixture f;
    double seen = 0;
    setup(&f);
    recorder_add(f.recorder, f.trend->id, f.ok_tags, 1);
    recorder_tap(f.recorder, count_point, &seen);
    recorder_add(f.recorder, f.trend->id, f.ok_tags, 2);
    recorder_add(f.recorder, f.trend->id, NULL, NAN);
    recorder_tap(f.recorder, NULL, NULL);
    recorder_add(f.recorder, f.trend->id, f.ok_tags, 4);
    assert_true(seen == 2);
    teardown(&f);
}

static void record_second(struct fixture *f, struct rng *rng)
{
    char name[16];
    for (int i = 0; i < 500; i++) {
        const struct tag_set *tags = rng_below(rng, 2) ? f->ok_tags : f->bad_tags;
        recorder_add(f->recorder, f->trend->id, tags, rng_unit(rng) * 100 - 5);
        recorder_add(f->recorder, f->counter->id, tags, (double)rng_below(rng, 9));
        recorder_add(f->recorder, f->rate->id, tags, (double)rng_below(rng, 2));
        recorder_add(f->recorder, METRIC_HTTP_REQ_CONNECTING, tags, 0);
        snprintf(name, sizeof(name), "c%d", (int)rng_below(rng, 5));
        recorder_check(f->recorder, SPAN("::g"), span_cstr(name), rng_below(rng, 2));
    }
    recorder_add(f->recorder, f->gauge->id, NULL, rng_unit(rng));
    recorder_add(f->recorder, f->gauge->id, NULL, NAN);
}

/* Encoding is canonical, so equal bytes are equal snapshots. */
static void assert_same(const struct snapshot *a, const struct snapshot *b)
{
    AUTO(strbuf_done) struct strbuf left = STRBUF_INIT(1 << 24), right = STRBUF_INIT(1 << 24);
    snapshot_encode(a, &left);
    snapshot_encode(b, &right);
    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.ptr, right.ptr, left.len);
}

static void test_pointer_and_encoded_paths_agree(void **state)
{
    struct fixture f;
    struct rng rng;
    setup(&f);
    rng_seed(&rng, 1);
    struct snapshot *by_pointer = snapshot_new(f.registry), *by_bytes = snapshot_new(f.registry);
    struct snapshot *decoded = snapshot_new(f.registry);
    AUTO(strbuf_done) struct strbuf stream = STRBUF_INIT(1 << 24);
    snapshot_encode_dictionary(f.registry, &stream);
    for (int second = 1; second <= 5; second++) {
        record_second(&f, &rng);
        struct snapshot *cut = recorder_cut(f.recorder, second * NSEC_PER_SEC);
        snapshot_encode(cut, &stream);
        snapshot_merge(by_pointer, cut);
        recorder_recycle(f.recorder, cut);
    }
    struct span input = strbuf_span(&stream);
    assert_int_equal(snapshot_decode_dictionary(f.registry, &input), 0);
    while (input.len) {
        assert_int_equal(snapshot_decode(decoded, &input), 0);
        snapshot_merge(by_bytes, decoded);
    }
    assert_same(by_pointer, by_bytes);
    assert_true(sink_of(by_bytes, f.trend)->trend.count == 2500);
    assert_int_equal(by_bytes->start_ns, NSEC_PER_SEC);
    assert_int_equal(by_bytes->end_ns, 5 * NSEC_PER_SEC);
    snapshot_free(&by_pointer);
    snapshot_free(&by_bytes);
    snapshot_free(&decoded);
    teardown(&f);
}

static void test_merge_order_is_no_matter(void **state)
{
    struct fixture f;
    struct rng rng;
    struct snapshot *cuts[3];
    setup(&f);
    rng_seed(&rng, 2);
    for (int i = 0; i < 3; i++) {
        recorder_check(f.recorder, SPAN(""), SPAN("first"), true);
        for (int v = 0; v < 100; v++) /* whole numbers: their sums are exact */
            recorder_add(f.recorder, f.trend->id, f.ok_tags, (double)rng_below(&rng, 100));
        recorder_add(f.recorder, f.gauge->id, NULL, i);
        cuts[i] = recorder_cut(f.recorder, i + 1);
    }
    struct snapshot *up = snapshot_new(f.registry), *down = snapshot_new(f.registry);
    for (int i = 0; i < 3; i++) {
        snapshot_merge(up, cuts[i]);
        snapshot_merge(down, cuts[2 - i]);
    }
    assert_same(up, down);
    assert_true(sink_of(up, f.gauge)->value == 2 && sink_of(up, f.gauge)->min == 0);
    for (int i = 0; i < 3; i++)
        recorder_recycle(f.recorder, cuts[i]);
    snapshot_free(&up);
    snapshot_free(&down);
    teardown(&f);
}

static void test_malformed_input_is_refused(void **state)
{
    struct fixture f;
    struct rng rng;
    setup(&f);
    rng_seed(&rng, 3);
    record_second(&f, &rng);
    struct snapshot *cut = recorder_cut(f.recorder, 1), *into = snapshot_new(f.registry);
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 20);
    snapshot_encode(cut, &encoded);
    for (size_t len = 0; len < encoded.len; len++) {
        struct span input = span_of(encoded.ptr, len);
        assert_int_equal(snapshot_decode(into, &input), -1);
        assert_int_equal(into->check_count, 0);
        assert_null(sink_of(into, f.trend));
    }
    recorder_recycle(f.recorder, cut);
    snapshot_free(&into);
    teardown(&f);
}

static void test_another_registry_is_refused(void **state)
{
    struct fixture f;
    setup(&f);
    AUTO(registry_free) struct registry *other = registry_new();
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 16);
    snapshot_encode_dictionary(f.registry, &encoded);
    struct span input = strbuf_span(&encoded);
    assert_int_equal(snapshot_decode_dictionary(other, &input), -1);
    for (size_t len = 0; len < encoded.len; len++) {
        input = span_of(encoded.ptr, len);
        assert_int_equal(snapshot_decode_dictionary(f.registry, &input), -1);
    }
    teardown(&f);
}

#define HANDED 200

struct mailbox {
    struct recorder *recorder;
    _Atomic(struct snapshot *) slots[HANDED];
};

static void *give_back(void *arg)
{
    struct mailbox *mailbox = arg;
    for (int i = 0; i < HANDED; i++) {
        struct snapshot *snapshot;
        do {
            snapshot = mailbox->slots[i];
        } while (!snapshot);
        recorder_recycle(mailbox->recorder, snapshot);
    }
    return NULL;
}

static void test_snapshots_come_back_from_another_thread(void **state)
{
    struct fixture f;
    static struct mailbox mailbox;
    pthread_t thread;
    setup(&f);
    mailbox.recorder = f.recorder;
    assert_int_equal(pthread_create(&thread, NULL, give_back, &mailbox), 0);
    for (int i = 0; i < HANDED; i++) {
        recorder_add(f.recorder, f.trend->id, NULL, i);
        struct snapshot *cut = recorder_cut(f.recorder, i);
        assert_true(sink_of(cut, f.trend)->trend.count == 1);
        mailbox.slots[i] = cut;
    }
    pthread_join(thread, NULL);
    teardown(&f);
}

/* Two workers whose snapshots arrive in the other order than their checks happened. */
static void test_checks_are_listed_by_their_first_result(void **state)
{
    AUTO(registry_free) struct registry *registry = registry_new();
    AUTO(snapshot_free) struct snapshot *total = snapshot_new(registry);
    struct recorder *early = recorder_new(registry, 0), *late = recorder_new(registry, 1);
    recorder_check(early, SPAN(""), SPAN("signed in"), true);
    recorder_check(late, SPAN(""), SPAN("signed out"), true);
    recorder_check(late, SPAN(""), SPAN("signed in"), true);
    struct snapshot *first = recorder_cut(early, 1), *second = recorder_cut(late, 1);
    first->checks[0].first_ns = 1;
    second->checks[0].first_ns = 2;
    second->checks[1].first_ns = 3;
    snapshot_merge(total, second);
    snapshot_merge(total, first);
    AUTO(mem_free) const struct check_count **checks = snapshot_checks_by_time(total);
    assert_true(span_equal(checks[0]->name, SPAN("signed in")));
    assert_int_equal(checks[0]->passes, 2);
    assert_true(span_equal(checks[1]->name, SPAN("signed out")));
    recorder_recycle(early, first);
    recorder_recycle(late, second);
    recorder_free(&early);
    recorder_free(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_type),
        cmocka_unit_test(test_submetrics_take_their_own_metric_only),
        cmocka_unit_test(test_cuts_carry_only_what_is_new),
        cmocka_unit_test(test_checks_keep_their_order),
        cmocka_unit_test(test_tap_sees_points),
        cmocka_unit_test(test_pointer_and_encoded_paths_agree),
        cmocka_unit_test(test_merge_order_is_no_matter),
        cmocka_unit_test(test_malformed_input_is_refused),
        cmocka_unit_test(test_another_registry_is_refused),
        cmocka_unit_test(test_snapshots_come_back_from_another_thread),
        cmocka_unit_test(test_checks_are_listed_by_their_first_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
