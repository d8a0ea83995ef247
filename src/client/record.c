/* SPDX-License-Identifier: Apache-2.0
 *
 * One hop's samples. A tag set per URL would be memory per URL, so a set carries only those system
 * tags that a sub-metric selects by, unless an output wants raw points with everything. Usually
 * that leaves expected_response alone, and the set is the one of the hop before: no hashing.
 */
#include <stdio.h>

#include "client/client_private.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/tags.h"

/* Tags whose value is text of the request's. */
#define TEXT_TAGS (TAG_URL | TAG_NAME | TAG_METHOD | TAG_IP)

#define MAX_TAGS  10

enum expectation {
    EXPECTED_NO,
    EXPECTED_YES,
    EXPECTED_OFF,
};

struct tag_list {
    struct tag tags[MAX_TAGS];
    size_t count;
    char status[12], code[12];
};

static const struct {
    uint32_t bit;
    struct span name;
} SYSTEM_TAGS[] = {
    {TAG_PROTO, {"proto", 5}},
    {TAG_STATUS, {"status", 6}},
    {TAG_METHOD, {"method", 6}},
    {TAG_URL, {"url", 3}},
    {TAG_NAME, {"name", 4}},
    {TAG_ERROR, {"error", 5}},
    {TAG_ERROR_CODE, {"error_code", 10}},
    {TAG_TLS_VERSION, {"tls_version", 11}},
    {TAG_EXPECTED_RESPONSE, {"expected_response", 17}},
    {TAG_IP, {"ip", 2}},
};

static uint32_t bit_of(struct span key)
{
    for (size_t i = 0; i < COUNT_OF(SYSTEM_TAGS); i++) {
        if (span_equal(SYSTEM_TAGS[i].name, key))
            return SYSTEM_TAGS[i].bit;
    }
    return 0;
}

uint32_t record_tag_mask(const struct client_config *config, const struct tag_table *tags)
{
    const struct registry *registry = tag_table_registry(tags);
    uint32_t mask = config->keep_all_tags ? UINT32_MAX : 0;
    for (size_t i = 0; i < registry_series_count(registry); i++) {
        const struct series *series = registry_series(registry, (uint32_t)i);
        for (size_t m = 0; m < series->match_count; m++)
            mask |= bit_of(series->matches[m].key);
    }
    return mask & config->system_tags;
}

static enum expectation expectation(const struct expected_statuses *expected, int status)
{
    static const struct status_range usual = {200, 399};
    const struct status_range *ranges = expected ? expected->ranges : &usual;
    size_t count = expected ? expected->count : 1;
    if (expected && expected->disabled)
        return EXPECTED_OFF;
    for (size_t i = 0; i < count; i++) {
        if (status >= ranges[i].first && status <= ranges[i].last)
            return EXPECTED_YES;
    }
    return EXPECTED_NO;
}

static void add(struct tag_list *list, const char *key, struct span value)
{
    list->tags[list->count++] = (struct tag){span_cstr(key), value};
}

/* A name given by the script stands for the URL too, or URLs would multiply the series (k6 does
 * so since 0.41). */
static void add_names(struct client *client, struct tag_list *list,
                      const struct record_facts *facts, const struct tag_set *base)
{
    struct span set_name = tag_set_get(base, SPAN("name"));
    struct span name = facts->name.len > 0 ? facts->name : set_name;
    if (name.len == 0) {
        strbuf_reset(&client->scratch);
        url_write_public(facts->url, &client->scratch);
        name = strbuf_span(&client->scratch);
    }
    if (client->tag_mask & TAG_URL)
        add(list, "url", name);
    if ((client->tag_mask & TAG_NAME) && set_name.len == 0)
        add(list, "name", name);
}

static void add_error(uint32_t mask, struct tag_list *list, const struct record_facts *facts)
{
    int code = failure_code(&facts->failure, facts->status);
    if (code == 0)
        return;
    if ((mask & TAG_ERROR) && facts->failure.text[0])
        add(list, "error", span_cstr(facts->failure.text));
    if (mask & TAG_ERROR_CODE) {
        snprintf(list->code, sizeof(list->code), "%d", code);
        add(list, "error_code", span_cstr(list->code));
    }
}

static struct span proto_of(const struct record_facts *facts)
{
    if (facts->is_http2)
        return SPAN("HTTP/2.0");
    return facts->http_minor ? SPAN("HTTP/1.1") : SPAN("HTTP/1.0");
}

static void add_answer(uint32_t mask, struct tag_list *list, const struct record_facts *facts)
{
    if (mask & TAG_STATUS) {
        snprintf(list->status, sizeof(list->status), "%d", facts->status);
        add(list, "status", span_cstr(list->status));
    }
    if ((mask & TAG_PROTO) && facts->status)
        add(list, "proto", proto_of(facts));
    if ((mask & TAG_TLS_VERSION) && facts->status && facts->tls_version[0])
        add(list, "tls_version", span_cstr(facts->tls_version));
    if ((mask & TAG_IP) && facts->peer_text[0])
        add(list, "ip", span_cstr(facts->peer_text));
    if (mask & TAG_METHOD)
        add(list, "method", facts->method);
}

static const struct tag_set *make_set(struct client *client, const struct record_facts *facts,
                                      const struct tag_set *base, enum expectation expected)
{
    uint32_t mask = client->tag_mask;
    struct tag_list list = {.count = 0};
    if (mask & (TAG_URL | TAG_NAME))
        add_names(client, &list, facts, base);
    add_answer(mask, &list, facts);
    add_error(mask, &list, facts);
    if ((mask & TAG_EXPECTED_RESPONSE) && expected != EXPECTED_OFF)
        add(&list, "expected_response", expected == EXPECTED_YES ? SPAN("true") : SPAN("false"));
    return tag_set_with(client->tags, base, list.tags, list.count);
}

/* What a set without text tags depends on beside its base. */
static uint64_t memo_facts(const struct record_facts *facts, enum expectation expected)
{
    return 1 | (uint64_t)facts->failure.outcome << 1 | (uint64_t)facts->status << 9 |
           (uint64_t)expected << 24 | (uint64_t)(facts->http_minor != 0) << 26 |
           (uint64_t)(unsigned char)(facts->tls_version[0] ? facts->tls_version[5] : 0) << 27 |
           (uint64_t)facts->is_http2 << 35 | (uint64_t)facts->failure.detail << 36;
}

static const struct tag_set *tag_set_of(struct client *client, const struct record_facts *facts,
                                        enum expectation expected)
{
    const struct tag_set *base = facts->tags ? facts->tags : tag_set_empty(client->tags);
    struct record_memo *memo = &client->record;
    uint64_t key = memo_facts(facts, expected);
    if ((client->tag_mask & TEXT_TAGS) ||
        ((client->tag_mask & TAG_ERROR) && facts->failure.text[0]))
        return make_set(client, facts, base, expected);
    if (memo->base != base || memo->facts != key)
        *memo = (struct record_memo){base, make_set(client, facts, base, expected), key};
    return memo->result;
}

/* In an open model what counts is what somebody who came when it was due would have seen. */
static void add_durations(struct recorder *recorder, const struct tag_set *tags,
                          const struct timings *timings)
{
    double duration_ms = nsec_to_ms(timings_duration_ns(timings));
    if (timings->due_ns) {
        recorder_add(recorder, METRIC_HTTP_REQ_DURATION_UNCORRECTED, tags, duration_ms);
        recorder_add(recorder, METRIC_HTTP_REQ_SEND_LATENESS, tags,
                     nsec_to_ms(timings_lateness_ns(timings)));
        duration_ms = nsec_to_ms(timings_total_ns(timings));
    }
    recorder_add(recorder, METRIC_HTTP_REQ_DURATION, tags, duration_ms);
}

void record_hop(struct client *client, const struct record_facts *facts,
                const struct timings *timings)
{
    struct recorder *recorder = client->recorder;
    enum expectation expected = expectation(facts->expected, facts->status);
    const struct tag_set *tags = tag_set_of(client, facts, expected);
    recorder_add(recorder, METRIC_HTTP_REQS, tags, 1);
    if (expected != EXPECTED_OFF)
        recorder_add(recorder, METRIC_HTTP_REQ_FAILED, tags, expected == EXPECTED_NO);
    add_durations(recorder, tags, timings);
    recorder_add(recorder, METRIC_HTTP_REQ_BLOCKED, tags, nsec_to_ms(timings->blocked_ns));
    recorder_add(recorder, METRIC_HTTP_REQ_CONNECTING, tags, nsec_to_ms(timings->connecting_ns));
    recorder_add(recorder, METRIC_HTTP_REQ_TLS_HANDSHAKING, tags,
                 nsec_to_ms(timings->tls_handshaking_ns));
    recorder_add(recorder, METRIC_HTTP_REQ_SENDING, tags, nsec_to_ms(timings->sending_ns));
    recorder_add(recorder, METRIC_HTTP_REQ_WAITING, tags, nsec_to_ms(timings->waiting_ns));
    recorder_add(recorder, METRIC_HTTP_REQ_RECEIVING, tags, nsec_to_ms(timings->receiving_ns));
}
