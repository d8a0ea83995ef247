/* SPDX-License-Identifier: Apache-2.0
 *
 * Turning exceptions into text must itself survive hostile ones: getters that throw, strings that
 * do not fit. Whatever goes wrong here falls back to plain words.
 */
#include "script/k6/exception.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "load/host.h"
#include "load/plan.h"
#include "script/k6/js.h"
#include "script/k6/script_private.h"

#define MAX_TEXT_BYTES ((size_t)64 * 1024)
#define MAX_FRAMES     10

/* "    at f (file)" becomes "\tat f (file)"; without a name, as in k6, "\tat file". */
static void add_frame(struct strbuf *out, struct span frame)
{
    static const char NAMELESS[] = "at <anonymous> (";
    const struct span head = {NAMELESS, sizeof(NAMELESS) - 1};
    if (span_starts_with(frame, head) && frame.ptr[frame.len - 1] == ')')
        strbuf_addf(out, "\tat %.*s\n", (int)(frame.len - head.len - 1), frame.ptr + head.len);
    else
        strbuf_addf(out, "\t%.*s\n", SPAN_ARG(frame));
}

/* An endless recursion does not become a page. */
static void add_stack(struct strbuf *out, struct span stack)
{
    size_t frames = 0;
    while (stack.len) {
        struct span line = span_trim(span_cut(stack, '\n', &stack));
        if (line.len && ++frames <= MAX_FRAMES)
            add_frame(out, line);
    }
    if (frames > MAX_FRAMES)
        strbuf_addf(out, "\t... and %zu more\n", frames - MAX_FRAMES);
}

static void add_stack_of(JSContext *ctx, struct strbuf *out, JSValueConst exception)
{
    if (!JS_IsError(ctx, exception))
        return;
    JSValue stack = JS_GetPropertyStr(ctx, exception, "stack");
    if (JS_IsString(stack)) {
        struct span text = js_to_span(ctx, stack);
        add_stack(out, text);
        JS_FreeCString(ctx, text.ptr);
    }
    if (JS_IsException(stack))
        js_drop_exception(ctx);
    JS_FreeValue(ctx, stack);
}

/* The engine's own words for running out of memory say neither the limit nor what to do. */
static void add_remedy(struct js *js, struct strbuf *out, struct span text)
{
    /* The engine throws null when not even an error object finds room. */
    if (span_equal(text, SPAN("null")))
        strbuf_adds(out, ", or out of memory");
    if (span_equal(text, SPAN("InternalError: out of memory")) || span_equal(text, SPAN("null")))
        strbuf_addf(out,
                    ": this virtual user's JavaScript may hold %zu MiB; keep less in global "
                    "variables, or share data with SharedArray",
                    script_memory_limit(js->script) >> 20);
    if (span_equal(text, SPAN("InternalError: stack overflow")))
        strbuf_adds(out, ": the recursion is too deep; end it earlier or use a loop");
}

static void add_exception(struct js *js, struct strbuf *out, JSValueConst exception)
{
    struct span text = js_to_span(js->ctx, exception);
    if (text.ptr) {
        strbuf_add_span(out, text);
        add_remedy(js, out, text);
        JS_FreeCString(js->ctx, text.ptr);
    } else {
        js_drop_exception(js->ctx);
        strbuf_adds(out, "an exception that cannot be shown as text");
    }
    strbuf_addc(out, '\n');
    add_stack_of(js->ctx, out, exception);
}

/* Takes the pending exception; every line is ended. */
static void take_exception(struct js *js, struct strbuf *out)
{
    JSValue exception = JS_GetException(js->ctx);
    add_exception(js, out, exception);
    JS_FreeValue(js->ctx, exception);
}

/* The first "…file:///path:line:column" of the text. */
static void find_place(struct span text, struct error *err)
{
    const char *at = memmem(text.ptr, text.len, "file://", 7);
    if (!at)
        return;
    struct span rest = span_from(text, (size_t)(at - text.ptr) + 7);
    struct span line = span_cut(rest, '\n', &rest);
    if (line.len && line.ptr[line.len - 1] == ')')
        line.len--;
    uint64_t numbers[2] = {0, 0};
    for (int i = 1; i >= 0; i--) {
        size_t start = line.len;
        while (start > 0 && line.ptr[start - 1] != ':')
            start--;
        if (start == 0 || span_to_u64(span_from(line, start), INT32_MAX, &numbers[i]) < 0)
            return;
        line.len = start - 1;
    }
    char file[sizeof(err->file)];
    snprintf(file, sizeof(file), "%.*s", SPAN_ARG(line));
    error_at(err, file, (int)numbers[0], (int)numbers[1]);
}

int exception_error(struct js *js, int code, struct error *err)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT_BYTES);
    take_exception(js, &text);
    struct span shown = strbuf_span(&text);
    while (shown.len && shown.ptr[shown.len - 1] == '\n')
        shown.len--;
    error_set(err, code, "%.*s", SPAN_ARG(shown));
    if (err)
        find_place(strbuf_span(&text), err);
    return -1;
}

static void log_failure(struct js *js, struct span message, const char *source)
{
    struct vu_facts facts = {0};
    struct log_field fields[3];
    size_t count = 0;
    if (js->vu)
        host_vu_facts(js->vu, &facts);
    if (facts.scenario) {
        const char *executor = executor_name(facts.scenario->kind);
        fields[count++] = (struct log_field){.name = "executor", .value = span_cstr(executor)};
        fields[count++] =
            (struct log_field){.name = "scenario", .value = span_cstr(facts.scenario->name)};
    }
    if (source)
        fields[count++] = (struct log_field){.name = "source", .value = span_cstr(source)};
    log_with(js->log, LOG_ERROR, message, fields, count);
}

void exception_log(struct js *js, bool uncaught)
{
    if (js->interrupted) {
        js_drop_exception(js->ctx);
        return;
    }
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_TEXT_BYTES);
    if (uncaught)
        strbuf_adds(&text, "Uncaught (in promise) ");
    take_exception(js, &text);
    log_failure(js, strbuf_span(&text), uncaught ? NULL : "stacktrace");
}
