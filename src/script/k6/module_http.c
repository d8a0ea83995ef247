/* SPDX-License-Identifier: Apache-2.0
 *
 * The module "k6/http": the verbs, url``, jars, expected statuses. A request suspends the user's
 * coroutine until the answer is there.
 */
#include "base/log.h"
#include "base/strbuf.h"
#include "client/client.h"
#include "http/charset.h"
#include "load/host.h"
#include "script/k6/builtins.h"
#include "script/k6/jar.h"
#include "script/k6/js.h"
#include "script/k6/request_args.h"
#include "script/k6/request_body.h"
#include "script/k6/response.h"
#include "script/k6/statuses.h"

#define MAX_URL_TEXT_BYTES ((size_t)1024 * 1024)

/* What a failed call says, for the log and for exceptions: `GET "url": reason`. */
static void failure_text(const struct request *request, struct strbuf *out)
{
    strbuf_addf(out, "%.*s \"%.*s\": %s", SPAN_ARG(request->method), SPAN_ARG(request->url),
                request->response.error);
}

static JSValue throw_failure(struct js *js, struct js_response *response)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_URL_TEXT_BYTES);
    failure_text(&response->request, &text);
    response_free(js->rt, response);
    return js_throw(js->ctx, "%s", strbuf_cstr(&text));
}

static void warn_failure(struct js *js, const struct request *request)
{
    AUTO(strbuf_done) struct strbuf text = STRBUF_INIT(MAX_URL_TEXT_BYTES);
    failure_text(request, &text);
    const struct log_field error = {.name = "error", .value = strbuf_span(&text)};
    log_with(js->log, LOG_WARNING, SPAN("Request Failed"), &error, 1);
}

static bool was_answered(const struct response *answer)
{
    return outcome_category(answer->outcome) == OUTCOME_CATEGORY_ANSWERED;
}

/* The pending exception's message becomes the error of a response that never was, as in k6. */
static void refuse(struct js *js, struct js_response *response)
{
    JSValue exception = JS_GetException(js->ctx);
    JSValue message = JS_GetPropertyStr(js->ctx, exception, "message");
    struct span text = js_to_span(js->ctx, message);
    response->request.response.outcome = OUTCOME_INVALID_URL;
    response->request.response.error_code = outcome_code(OUTCOME_INVALID_URL, 0);
    response->request.response.error = arena_dup(&response->arena, text);
    JS_FreeCString(js->ctx, text.ptr);
    JS_FreeValue(js->ctx, message);
    JS_FreeValue(js->ctx, exception);
}

/* Consumes `response`. */
static JSValue finish(struct js *js, struct request_args *args, struct js_response *response)
{
    if (!was_answered(&response->request.response)) {
        if (args->throws)
            return throw_failure(js, response);
        warn_failure(js, &response->request);
    }
    return response_wrap(js, response);
}

static JSValue perform(struct js *js, struct request_args *args, struct span method)
{
    struct js_response *response = response_new(js);
    host_request_init(js->vu, &response->request, &response->arena);
    response->request.method = arena_dup_span(&response->arena, method);
    response->request.keep_headers = true;
    if (request_args_read(js, args, response) < 0) {
        if (args->throws || !JS_HasException(js->ctx)) {
            response_free(js->rt, response);
            return JS_EXCEPTION;
        }
        refuse(js, response);
        return finish(js, args, response);
    }
    if (!host_request(js->vu, &response->request)) {
        response_free(js->rt, response);
        return js_throw_interrupted(js);
    }
    return finish(js, args, response);
}

static JSValue run_request(struct js *js, struct request_args *args, struct span method)
{
    if (js->in_init)
        return js_throw(js->ctx, "Making http requests in the init context is not supported");
    JSValue result = perform(js, args, method);
    request_args_done(js, args);
    return result;
}

enum verb {
    VERB_GET,
    VERB_HEAD,
    VERB_POST,
    VERB_PUT,
    VERB_PATCH,
    VERB_DELETE,
    VERB_OPTIONS,
    VERB_COUNT,
};

static const char *const VERB_NAMES[VERB_COUNT] = {"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};

/* get and head: (url, params); the others: (url, body, params) */
static JSValue verb(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int which)
{
    bool has_body = which != VERB_GET && which != VERB_HEAD;
    struct request_args args = {
        .url = js_argument(argc, argv, 0),
        .body = has_body ? js_argument(argc, argv, 1) : JS_UNDEFINED,
        .params = js_argument(argc, argv, has_body ? 2 : 1),
    };
    return run_request(js_of(ctx), &args, span_cstr(VERB_NAMES[which]));
}

static void upper_case(struct span text, char *buf, size_t size)
{
    size_t len = MIN_OF(text.len, size - 1);
    for (size_t i = 0; i < len; i++)
        buf[i] = charset_upper(text.ptr[i]);
    buf[len] = '\0';
}

/* request(method, url, body, params) */
static JSValue request(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    char method[64];
    struct request_args args = {
        .url = js_argument(argc, argv, 1),
        .body = js_argument(argc, argv, 2),
        .params = js_argument(argc, argv, 3),
    };
    struct span text = js_to_span(ctx, js_argument(argc, argv, 0));
    if (!text.ptr)
        return JS_EXCEPTION;
    upper_case(text, method, sizeof(method));
    JS_FreeCString(ctx, text.ptr);
    return run_request(js_of(ctx), &args, span_cstr(method));
}

static JSValue unsupported(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int which)
{
    static const char *const NAMES[] = {"asyncRequest", "batch"};
    return js_throw(ctx,
                    "http.%s() is not supported yet: make the requests one after another with "
                    "http.request()",
                    NAMES[which]);
}

static int add_text(JSContext *ctx, struct strbuf *out, JSValueConst value)
{
    struct span text = js_to_span(ctx, value);
    if (!text.ptr)
        return -1;
    strbuf_add_span(out, text);
    JS_FreeCString(ctx, text.ptr);
    return 0;
}

/* The texts between the values of a template, with and without the values. */
static int join_template(JSContext *ctx, int argc, JSValueConst *argv, struct strbuf *url,
                         struct strbuf *name)
{
    for (int i = 0; i < argc; i++) {
        JSValue part = JS_GetPropertyUint32(ctx, argv[0], (uint32_t)i);
        int rc = add_text(ctx, url, part) | add_text(ctx, name, part);
        JS_FreeValue(ctx, part);
        if (rc < 0 || (i + 1 < argc && add_text(ctx, url, argv[i + 1]) < 0))
            return -1;
        if (i + 1 < argc)
            strbuf_adds(name, "${}");
    }
    return 0;
}

/* http.url`text${value}text` */
static JSValue url_template(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    AUTO(strbuf_done) struct strbuf url = STRBUF_INIT(MAX_URL_TEXT_BYTES);
    AUTO(strbuf_done) struct strbuf name = STRBUF_INIT(MAX_URL_TEXT_BYTES);
    if (argc == 0 || JS_IsArray(ctx, argv[0]) <= 0)
        return js_throw(ctx, "http.url is a template tag: http.url`https://host/${id}`");
    if (join_template(ctx, argc, argv, &url, &name) < 0)
        return JS_EXCEPTION;
    JSValue obj = JS_NewObject(ctx);
    js_set(ctx, obj, "name", js_string(ctx, strbuf_span(&name)));
    js_set(ctx, obj, "url", js_string(ctx, strbuf_span(&url)));
    js_set(ctx, obj, "clean_url", js_string(ctx, strbuf_span(&url)));
    return obj;
}

/* setResponseCallback(expectedStatuses(...) or null) */
static JSValue set_response_callback(JSContext *ctx, JSValueConst self, int argc,
                                     JSValueConst *argv)
{
    struct js *js = js_of(ctx);
    struct request probe = {0};
    if (statuses_apply(ctx, argv[0], &probe) < 0)
        return JS_EXCEPTION;
    JS_FreeValue(ctx, js->response_callback);
    js->response_callback = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static void add_verbs(JSContext *ctx, JSValueConst exports)
{
    static const char *const NAMES[VERB_COUNT] = {"get",   "head", "post",   "put",
                                                  "patch", "del",  "options"};
    for (int i = 0; i < VERB_COUNT; i++)
        js_set(ctx, exports, NAMES[i],
               JS_NewCFunctionMagic(ctx, verb, NAMES[i], 1, JS_CFUNC_generic_magic, i));
}

static void add_constants(JSContext *ctx, JSValueConst exports)
{
    static const char *const CONSTANTS[][2] = {
        {"TLS_1_0", "tls1.0"},
        {"TLS_1_1", "tls1.1"},
        {"TLS_1_2", "tls1.2"},
        {"TLS_1_3", "tls1.3"},
        {"OCSP_STATUS_GOOD", "good"},
        {"OCSP_STATUS_REVOKED", "revoked"},
        {"OCSP_STATUS_SERVER_FAILED", "server_failed"},
        {"OCSP_STATUS_UNKNOWN", "unknown"},
        {"OCSP_REASON_UNSPECIFIED", "unspecified"},
        {"OCSP_REASON_KEY_COMPROMISE", "key_compromise"},
        {"OCSP_REASON_CA_COMPROMISE", "ca_compromise"},
        {"OCSP_REASON_AFFILIATION_CHANGED", "affiliation_changed"},
        {"OCSP_REASON_SUPERSEDED", "superseded"},
        {"OCSP_REASON_CESSATION_OF_OPERATION", "cessation_of_operation"},
        {"OCSP_REASON_CERTIFICATE_HOLD", "certificate_hold"},
        {"OCSP_REASON_REMOVE_FROM_CRL", "remove_from_crl"},
        {"OCSP_REASON_PRIVILEGE_WITHDRAWN", "privilege_withdrawn"},
        {"OCSP_REASON_AA_COMPROMISE", "aa_compromise"},
    };
    for (size_t i = 0; i < COUNT_OF(CONSTANTS); i++)
        js_set(ctx, exports, CONSTANTS[i][0], JS_NewString(ctx, CONSTANTS[i][1]));
}

void module_http_build(struct js *js, JSValueConst exports)
{
    JSContext *ctx = js->ctx;
    response_register(js);
    request_body_register(js);
    statuses_register(js);
    add_verbs(ctx, exports);
    add_constants(ctx, exports);
    js_set_fn(ctx, exports, "request", request, 2);
    js_set_fn(ctx, exports, "url", url_template, 1);
    js_set_fn(ctx, exports, "file", request_body_file, 3);
    js_set_fn(ctx, exports, "expectedStatuses", statuses_new, 1);
    js_set_fn(ctx, exports, "setResponseCallback", set_response_callback, 1);
    js_set_fn(ctx, exports, "cookieJar", jar_current, 0);
    js_set(ctx, exports, "CookieJar", jar_register(js));
    js_set(ctx, exports, "asyncRequest",
           JS_NewCFunctionMagic(ctx, unsupported, "asyncRequest", 1, JS_CFUNC_generic_magic, 0));
    js_set(ctx, exports, "batch",
           JS_NewCFunctionMagic(ctx, unsupported, "batch", 1, JS_CFUNC_generic_magic, 1));
}
