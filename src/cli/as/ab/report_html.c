/* SPDX-License-Identifier: Apache-2.0
 *
 * ab -w: the report as HTML tables, with the attributes of -x, -y and -z. Nothing is escaped, as
 * in ab.
 */
#include <inttypes.h>

#include "cli/as/ab/options.h"
#include "cli/as/ab/report_private.h"

enum {
    VALUE_BYTES = 64,
};

static void add_row(struct strbuf *out, const struct ab_options *options, const char *label,
                    struct span value)
{
    strbuf_addf(out, "<tr %s><th colspan=2 %s>%s</th><td colspan=2 %s>%.*s</td></tr>\n",
                options->row, options->cell, label, options->cell, SPAN_ARG(value));
}

/* A row whose value is made here. */
static void add_rowf(struct strbuf *out, const struct ab_options *options, const char *label,
                     const char *fmt, ...) PRINTF_LIKE(4, 5);

static void add_rowf(struct strbuf *out, const struct ab_options *options, const char *label,
                     const char *fmt, ...)
{
    AUTO(strbuf_done) struct strbuf value = STRBUF_INIT(VALUE_BYTES);
    va_list args;
    va_start(args, fmt);
    strbuf_vaddf(&value, fmt, args);
    va_end(args);
    add_row(out, options, label, strbuf_span(&value));
}

static void add_server(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    add_row(out, options, "Server Software:", result->software);
    add_row(out, options, "Server Hostname:", options->host);
    add_rowf(out, options, "Server Port:", "%u", options->port);
    add_row(out, options, "Document Path:", options->path);
    if (options->any_length)
        add_row(out, options, "Document Length:", SPAN("Variable"));
    else
        add_rowf(out, options, "Document Length:", "%" PRIu64 " bytes", result->document_bytes);
}

static void add_failures(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    add_rowf(out, options, "Failed requests:", "%" PRIu64, ab_failed(result));
    if (ab_failed(result))
        strbuf_addf(out,
                    "<tr %s><td colspan=4 %s >   (Connect: %" PRIu64 ", Length: %" PRIu64
                    ", Exceptions: %" PRIu64 ")</td></tr>\n",
                    options->row, options->cell, result->bad_connects, result->bad_lengths,
                    result->exceptions);
}

static void add_counts(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    add_rowf(out, options, "Concurrency Level:", "%d", options->concurrency);
    add_rowf(out, options, "Time taken for tests:", "%.3f seconds", result->took_s);
    add_rowf(out, options, "Complete requests:", "%" PRIu64, result->done);
    add_failures(out, result);
    if (result->not_2xx)
        add_rowf(out, options, "Non-2xx responses:", "%" PRIu64, result->not_2xx);
    if (options->keep_alive)
        add_rowf(out, options, "Keep-Alive requests:", "%" PRIu64, result->kept_alive);
    add_rowf(out, options, "Total transferred:", "%" PRIu64 " bytes", result->received_bytes);
    if (result->has_body)
        add_rowf(out, options, "Total body sent:", "%" PRIu64, result->sent_bytes);
    add_rowf(out, options, "HTML transferred:", "%" PRIu64 " bytes", result->body_bytes);
}

static void add_more_rate(struct strbuf *out, const struct ab_options *options, double kb,
                          const char *what)
{
    strbuf_addf(out, "<tr %s><td colspan=2 %s>&nbsp;</td><td colspan=2 %s>%.2f kb/s %s</td></tr>\n",
                options->row, options->cell, options->cell, kb, what);
}

static void add_rates(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    struct ab_rates rates = ab_rates(result);
    add_rowf(out, options, "Requests per second:", "%.2f", rates.per_second);
    add_rowf(out, options, "Transfer rate:", "%.2f kb/s received", rates.received_kb);
    if (!result->has_body)
        return;
    add_more_rate(out, options, rates.sent_kb, "sent");
    add_more_rate(out, options, rates.total_kb, "total");
}

static void add_time(struct strbuf *out, const struct ab_options *options, const char *label,
                     const struct durations *durations)
{
    const char *cell = options->cell;
    strbuf_addf(out,
                "<tr %s><th %s>%s</th><td %s>%5" PRIu64 "</td><td %s>%5" PRIu64
                "</td><td %s>%5" PRIu64 "</td></tr>\n",
                options->row, cell, label, cell, ab_round_ms(durations_at(durations, 0)), cell,
                ab_round_ms(durations->sum_us / durations->count), cell,
                ab_round_ms(durations_at(durations, durations->count - 1)));
}

static void add_times(struct strbuf *out, const struct ab_result *result)
{
    const struct ab_options *options = result->options;
    const char *cell = options->cell;
    strbuf_addf(out, "<tr %s><th %s colspan=4>Connection Times (ms)</th></tr>\n", options->row,
                cell);
    strbuf_addf(out,
                "<tr %s><th %s>&nbsp;</th> <th %s>min</th>   <th %s>avg</th>   <th "
                "%s>max</th></tr>\n",
                options->row, cell, cell, cell, cell);
    add_time(out, options, "Connect:", &result->connects);
    add_time(out, options, "Processing:", &result->processings);
    add_time(out, options, "Total:", &result->totals);
}

void ab_report_tables(struct strbuf *out, const struct ab_result *result)
{
    strbuf_addf(out, "<table %s>\n", result->options->table);
    add_server(out, result);
    add_counts(out, result);
    if (result->done > 0) {
        add_rates(out, result);
        add_times(out, result);
    }
    strbuf_adds(out, "</table>\n");
}
