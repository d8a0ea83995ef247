/* SPDX-License-Identifier: Apache-2.0
 *
 * The histogram against sorted raw values: what it promises must hold for every distribution.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "metrics/histogram.h"
#include "support/test.h"

#define SAMPLES 20000

static double uniform(struct rng *rng)
{
    return rng_unit(rng) * 1000;
}

static double exponential(struct rng *rng)
{
    return -20 * log(1 - rng_unit(rng));
}

static double normal_around_zero(struct rng *rng)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(rng);
    return sum;
}

static double log_normal(struct rng *rng)
{
    return exp(2 + 1.5 * normal_around_zero(rng));
}

static double negative(struct rng *rng)
{
    return -exponential(rng) - 0.001;
}

static double fraction(struct rng *rng)
{
    return rng_unit(rng) * 1e-6;
}

static double tiny(struct rng *rng)
{
    return exp(-690 * rng_unit(rng));
}

static double huge(struct rng *rng)
{
    return 1e300 * rng_unit(rng);
}

static double zero(struct rng *rng)
{
    return 0;
}

static double mostly_zero(struct rng *rng)
{
    return rng_below(rng, 10) ? 0 : normal_around_zero(rng);
}

static double whole(struct rng *rng)
{
    return (double)rng_below(rng, 50);
}

static double one_value(struct rng *rng)
{
    return 42.195;
}

static const struct distribution {
    const char *name;
    double (*draw)(struct rng *rng);
} DISTRIBUTIONS[] = {
    {"uniform", uniform},
    {"exponential", exponential},
    {"normal around zero", normal_around_zero},
    {"log-normal", log_normal},
    {"negative", negative},
    {"fraction", fraction},
    {"tiny", tiny},
    {"huge", huge},
    {"all zero", zero},
    {"mostly zero", mostly_zero},
    {"whole numbers", whole},
    {"one value", one_value},
};

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* k6's percentile, and how far off ours may be: 0.1 % of the ranks it lies between. */
static double raw_percentile(const double *sorted, size_t count, double p, double *ret_tolerance)
{
    double position = p / 100 * (double)(count - 1);
    size_t low = (size_t)position;
    size_t high = low + 1 < count ? low + 1 : low;
    *ret_tolerance = 0.001 * fmax(fabs(sorted[low]), fabs(sorted[high]));
    return sorted[low] + (sorted[high] - sorted[low]) * (position - (double)low);
}

static void fill(struct histogram *h, double *values, size_t count, const struct distribution *d,
                 uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t i = 0; i < count; i++) {
        values[i] = d->draw(&rng);
        assert_true(histogram_add(h, values[i]));
    }
}

static void check_against(const struct histogram *h, double *values, size_t count)
{
    static const double ps[] = {0, 0.1, 1, 10, 25, 50, 66.6, 75, 90, 95, 99, 99.9, 99.99, 100};
    qsort(values, count, sizeof(values[0]), compare_doubles);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    assert_true(h->count == count);
    assert_true(h->min == values[0] && h->max == values[count - 1]);
    assert_true(fabs(histogram_mean(h) - sum / (double)count) <= 1e-9 * fmax(fabs(h->min), h->max));
    for (size_t i = 0; i < COUNT_OF(ps); i++) {
        double tolerance, expected = raw_percentile(values, count, ps[i], &tolerance);
        double got = histogram_percentile(h, ps[i]);
        if (!(fabs(got - expected) <= tolerance))
            fail_msg("p%g: %.17g instead of %.17g", ps[i], got, expected);
    }
    assert_true(histogram_percentile(h, 0) == values[0]);
    assert_true(histogram_percentile(h, 100) == values[count - 1]);
}

static void test_percentiles_of_distributions(void **state)
{
    static const size_t counts[] = {1, 2, 3, 10, 1000, SAMPLES};
    AUTO(mem_free) double *values = NEW_ARRAY(double, SAMPLES);
    for (size_t d = 0; d < COUNT_OF(DISTRIBUTIONS); d++) {
        print_message("%s\n", DISTRIBUTIONS[d].name);
        for (size_t c = 0; c < COUNT_OF(counts); c++) {
            AUTO(histogram_done) struct histogram h;
            histogram_init(&h);
            fill(&h, values, counts[c], &DISTRIBUTIONS[d], d * 100 + c);
            check_against(&h, values, counts[c]);
        }
    }
}

static void append_cell(void *arg, double lowest, double highest, uint64_t count)
{
    strbuf_addf(arg, "[%a %a %lu]", lowest, highest, (unsigned long)count);
}

static void assert_same(const struct histogram *a, const struct histogram *b, double sum_tolerance)
{
    AUTO(strbuf_done) struct strbuf left = STRBUF_INIT(1 << 24), right = STRBUF_INIT(1 << 24);
    assert_true(a->count == b->count && a->zeros == b->zeros);
    assert_true(a->count == 0 || (a->min == b->min && a->max == b->max));
    assert_true(a->sum == b->sum || fabs(a->sum - b->sum) <= sum_tolerance * fabs(a->sum));
    histogram_each(a, append_cell, &left);
    histogram_each(b, append_cell, &right);
    assert_string_equal(strbuf_cstr(&left), strbuf_cstr(&right));
}

static void test_merge_is_associative_and_equals_pooled(void **state)
{
    AUTO(mem_free) double *values = NEW_ARRAY(double, SAMPLES);
    struct histogram part[3], left, right, pooled;
    histogram_init(&pooled);
    histogram_init(&left);
    histogram_init(&right);
    for (size_t i = 0; i < 3; i++) {
        histogram_init(&part[i]);
        fill(&part[i], values, 1000 * (i + 1), &DISTRIBUTIONS[i * 2 + 1], i);
        for (size_t v = 0; v < 1000 * (i + 1); v++)
            histogram_add(&pooled, values[v]);
    }
    histogram_merge(&left, &part[0]); /* (a + b) + c */
    histogram_merge(&left, &part[1]);
    histogram_merge(&left, &part[2]);
    histogram_merge(&part[1], &part[2]); /* a + (b + c) */
    histogram_merge(&right, &part[0]);
    histogram_merge(&right, &part[1]);
    assert_same(&left, &right, 1e-12);
    assert_same(&left, &pooled, 1e-12);
    for (size_t i = 0; i < 3; i++)
        histogram_done(&part[i]);
    histogram_done(&left);
    histogram_done(&right);
    histogram_done(&pooled);
}

static void test_merging_nothing_changes_nothing(void **state)
{
    AUTO(histogram_done) struct histogram h, empty;
    histogram_init(&h);
    histogram_init(&empty);
    histogram_add(&h, 3);
    histogram_merge(&h, &empty);
    assert_true(h.count == 1 && h.min == 3 && h.max == 3);
    histogram_merge(&empty, &h);
    assert_same(&h, &empty, 0);
}

static const struct edge_case {
    const char *name;
    double value;
} EDGES[] = {
    {"zero", 0},
    {"minus zero", -0.0},
    {"smallest denormal", 4.9406564584124654e-324},
    {"smallest negative denormal", -4.9406564584124654e-324},
    {"smallest normal", 2.2250738585072014e-308},
    {"largest", 1.7976931348623157e308},
    {"smallest of all", -1.7976931348623157e308},
    {"infinity", INFINITY},
    {"minus infinity", -INFINITY},
    {"one", 1},
    {"below one", 0.99999999999999989},
};

static void test_edges_come_back_exactly(void **state)
{
    for (size_t i = 0; i < COUNT_OF(EDGES); i++) {
        AUTO(histogram_done) struct histogram h;
        print_message("%s\n", EDGES[i].name);
        histogram_init(&h);
        assert_true(histogram_add_n(&h, EDGES[i].value, 3));
        for (int p = 0; p <= 100; p += 25)
            assert_true(histogram_percentile(&h, p) == EDGES[i].value);
        assert_true(histogram_count_below(&h, EDGES[i].value) == 3);
    }
}

static void check_order(void *arg, double lowest, double highest, uint64_t count)
{
    double *previous = arg;
    assert_true(lowest >= *previous && highest >= lowest);
    *previous = highest;
}

static void test_cells_ascend(void **state)
{
    AUTO(histogram_done) struct histogram h;
    double previous = -INFINITY;
    histogram_init(&h);
    for (size_t i = 0; i < COUNT_OF(EDGES); i++)
        histogram_add(&h, EDGES[i].value);
    histogram_each(&h, check_order, &previous);
    assert_true(isinf(previous));
    assert_true(histogram_percentile(&h, 0) == -INFINITY);
    assert_true(histogram_percentile(&h, 100) == INFINITY);
    assert_false(isnan(histogram_percentile(&h, 5)));
}

static void test_nan_is_refused(void **state)
{
    AUTO(histogram_done) struct histogram h;
    histogram_init(&h);
    assert_false(histogram_add(&h, NAN));
    assert_false(histogram_add_n(&h, NAN, 0));
    assert_true(histogram_add_n(&h, 5, 0));
    assert_true(h.count == 0);
    assert_true(histogram_percentile(&h, 50) == 0 && histogram_mean(&h) == 0);
}

static void test_count_below(void **state)
{
    AUTO(histogram_done) struct histogram h;
    histogram_init(&h);
    for (int i = -100; i <= 100; i++)
        histogram_add(&h, i);
    assert_int_equal(histogram_count_below(&h, -101), 0);
    assert_int_equal(histogram_count_below(&h, 0), 101);
    assert_int_equal(histogram_count_below(&h, 50.5), 151);
    assert_int_equal(histogram_count_below(&h, 100), 201);
}

static void test_reset_keeps_memory_and_samples_do_not_add_to_it(void **state)
{
    AUTO(histogram_done) struct histogram h;
    AUTO(mem_free) double *values = NEW_ARRAY(double, SAMPLES);
    histogram_init(&h);
    fill(&h, values, SAMPLES, &DISTRIBUTIONS[0], 1);
    size_t bytes = histogram_memory(&h);
    assert_true(bytes > 0 && bytes < 256 * 1024);
    for (int round = 0; round < 20; round++) {
        histogram_reset(&h);
        assert_true(h.count == 0 && histogram_percentile(&h, 50) == 0);
        fill(&h, values, SAMPLES, &DISTRIBUTIONS[0], 1);
        assert_true(histogram_memory(&h) == bytes);
    }
    check_against(&h, values, SAMPLES);
}

static void test_encoding_is_exact(void **state)
{
    AUTO(mem_free) double *values = NEW_ARRAY(double, SAMPLES);
    for (size_t d = 0; d < COUNT_OF(DISTRIBUTIONS); d++) {
        AUTO(histogram_done) struct histogram h, copy;
        AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 24);
        print_message("%s\n", DISTRIBUTIONS[d].name);
        histogram_init(&h);
        histogram_init(&copy);
        histogram_add(&copy, 7); /* decoding replaces */
        fill(&h, values, SAMPLES, &DISTRIBUTIONS[d], d);
        histogram_encode(&h, &encoded);
        strbuf_adds(&encoded, "behind");
        struct span input = strbuf_span(&encoded);
        assert_int_equal(histogram_decode(&copy, &input), 0);
        assert_true(span_equal(input, SPAN("behind")));
        assert_same(&h, &copy, 0);
    }
}

static void test_edges_encode_too(void **state)
{
    AUTO(histogram_done) struct histogram h, copy;
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 16);
    histogram_init(&h);
    histogram_init(&copy);
    for (size_t i = 0; i < COUNT_OF(EDGES); i++)
        histogram_add(&h, EDGES[i].value);
    h.sum = 1; /* infinities of both signs have no sum */
    histogram_encode(&h, &encoded);
    struct span input = strbuf_span(&encoded);
    assert_int_equal(histogram_decode(&copy, &input), 0);
    assert_same(&h, &copy, 0);
}

static void test_cut_off_encodings_are_refused(void **state)
{
    AUTO(histogram_done) struct histogram h, copy;
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 16);
    histogram_init(&h);
    histogram_init(&copy);
    for (int i = 0; i < 100; i++)
        histogram_add(&h, i * 0.7);
    histogram_encode(&h, &encoded);
    for (size_t len = 0; len < encoded.len; len++) {
        struct span input = span_of(encoded.ptr, len);
        assert_int_equal(histogram_decode(&copy, &input), -1);
        assert_true(copy.count == 0 && input.len == len);
    }
}

static void test_changed_encodings_never_lie(void **state)
{
    AUTO(histogram_done) struct histogram h, copy;
    AUTO(strbuf_done) struct strbuf encoded = STRBUF_INIT(1 << 16);
    histogram_init(&h);
    histogram_init(&copy);
    for (int i = -10; i < 10; i++)
        histogram_add(&h, i * 0.7);
    histogram_encode(&h, &encoded);
    for (size_t bit = 0; bit < encoded.len * 8; bit++) {
        encoded.ptr[bit / 8] = (char)(encoded.ptr[bit / 8] ^ (1 << bit % 8));
        struct span input = strbuf_span(&encoded);
        if (histogram_decode(&copy, &input) == 0) {
            double p = histogram_percentile(&copy, 50);
            assert_true(copy.count == 0 || (p >= copy.min && p <= copy.max));
        }
        encoded.ptr[bit / 8] = (char)(encoded.ptr[bit / 8] ^ (1 << bit % 8));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentiles_of_distributions),
        cmocka_unit_test(test_merge_is_associative_and_equals_pooled),
        cmocka_unit_test(test_merging_nothing_changes_nothing),
        cmocka_unit_test(test_edges_come_back_exactly),
        cmocka_unit_test(test_cells_ascend),
        cmocka_unit_test(test_nan_is_refused),
        cmocka_unit_test(test_count_below),
        cmocka_unit_test(test_reset_keeps_memory_and_samples_do_not_add_to_it),
        cmocka_unit_test(test_encoding_is_exact),
        cmocka_unit_test(test_edges_encode_too),
        cmocka_unit_test(test_cut_off_encodings_are_refused),
        cmocka_unit_test(test_changed_encodings_never_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
