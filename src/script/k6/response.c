/* SPDX-License-Identifier: Apache-2.0
 *
 * An exotic object: own properties are looked up by their atom's number. The engine must not see
 * its shape change while it enumerates, so values are cached here and never become properties.
 */
#include "script/k6/response.h"

#include <stdlib.h>

#include "base/mem.h"
#include "script/k6/gjson.h"
#include "script/k6/js.h"
#include "script/k6/response_parts.h"

/* Most responses with their request fit into one chunk. */
#define CHUNK_BYTES 2048

struct js_response *response_new(struct js *js)
{
    struct js_response *response = NEW(struct js_response);
    arena_init(&response->arena, CHUNK_BYTES);
    response->sent_body = response->json = JS_UNDEFINED;
    for (size_t i = 0; i < RESPONSE_FIELD_COUNT; i++)
        response->cache[i] = JS_UNDEFINED;
    return response;
}

void response_free(JSRuntime *rt, struct js_response *response)
{
    JS_FreeValueRT(rt, response->sent_body);
    JS_FreeValueRT(rt, response->json);
    for (size_t i = 0; i < RESPONSE_FIELD_COUNT; i++)
        JS_FreeValueRT(rt, response->cache[i]);
    arena_done(&response->arena);
    free(response);
}

static void finalize(JSRuntime *rt, JSValue obj)
{
    struct js_response *response = JS_GetOpaque(obj, CLASS_RESPONSE);
    if (response)
        response_free(rt, response);
}

static void mark(JSRuntime *rt, JSValueConst obj, JS_MarkFunc *mark_func)
{
    struct js_response *response = JS_GetOpaque(obj, CLASS_RESPONSE);
    if (!response)
        return;
    JS_MarkValue(rt, response->sent_body, mark_func);
    JS_MarkValue(rt, response->json, mark_func);
    for (size_t i = 0; i < RESPONSE_FIELD_COUNT; i++)
        JS_MarkValue(rt, response->cache[i], mark_func);
}

static JSValue make_field(struct js *js, struct js_response *r, enum js_atom field)
{
    JSContext *ctx = js->ctx;
    const struct response *answer = &r->request.response;
    switch (field) {
    case ATOM_remote_ip:
        return JS_NewString(ctx, answer->remote_ip);
    case ATOM_url:
        return js_string(ctx, answer->url.ptr ? answer->url : r->request.url);
    case ATOM_status_text:
        return response_status_text(ctx, answer);
    case ATOM_proto:
        return response_proto(ctx, answer);
    case ATOM_headers:
        return response_headers(ctx, &r->arena, &answer->headers);
    case ATOM_cookies:
        return response_cookies(ctx, answer);
    case ATOM_body:
        return response_body(ctx, answer, r->binary);
    case ATOM_timings:
        return response_timings(js, &answer->timings);
    case ATOM_tls_version:
        return JS_NewString(ctx, answer->tls_version ? answer->tls_version : "");
    case ATOM_tls_cipher_suite:
        return JS_NewString(ctx, answer->tls_cipher_suite ? answer->tls_cipher_suite : "");
    case ATOM_ocsp:
        return response_ocsp(ctx);
    case ATOM_error:
        return JS_NewString(ctx, answer->error ? answer->error : "");
    case ATOM_request:
        return response_request(ctx, r);
    default:
        return JS_UNDEFINED;
    }
}

static JSValue get_field(struct js *js, struct js_response *r, enum js_atom field)
{
    const struct response *answer = &r->request.response;
    if (field == ATOM_status)
        return JS_NewInt32(js->ctx, answer->status);
    if (field == ATOM_error_code)
        return JS_NewInt32(js->ctx, answer->error_code);
    if (field == ATOM_remote_port)
        return JS_NewInt32(js->ctx, answer->remote_port);
    if (JS_IsUndefined(r->cache[field])) {
        JSValue value = make_field(js, r, field);
        if (JS_IsException(value))
            return value;
        r->cache[field] = value;
    }
    return JS_DupValue(js->ctx, r->cache[field]);
}

static int get_own_property(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst obj,
                            JSAtom prop)
{
    struct js *js = js_of(ctx);
    int field = 0;
    while (field < RESPONSE_FIELD_COUNT && js->atoms[field] != prop)
        field++;
    if (field == RESPONSE_FIELD_COUNT)
        return 0;
    if (!desc)
        return 1;
    desc->flags = JS_PROP_C_W_E;
    desc->getter = desc->setter = JS_UNDEFINED;
    desc->value = get_field(js, JS_GetOpaque(obj, CLASS_RESPONSE), (enum js_atom)field);
    return JS_IsException(desc->value) ? -1 : 1;
}

static int get_own_property_names(JSContext *ctx, JSPropertyEnum **ret_names, uint32_t *ret_count,
                                  JSValueConst obj)
{
    *ret_names = js_mallocz(ctx, sizeof(**ret_names) * RESPONSE_FIELD_COUNT);
    if (!*ret_names)
        return -1;
    for (int i = 0; i < RESPONSE_FIELD_COUNT; i++)
        (*ret_names)[i].atom = JS_DupAtom(ctx, js_of(ctx)->atoms[i]);
    *ret_count = RESPONSE_FIELD_COUNT;
    return 0;
}

static const JSClassExoticMethods response_methods = {
    .get_own_property = get_own_property,
    .get_own_property_names = get_own_property_names,
};

static const JSClassDef response_class = {
    "Response",
    .finalizer = finalize,
    .gc_mark = mark,
    .exotic = (JSClassExoticMethods *)&response_methods,
};

static JSValue whole_json(JSContext *ctx, struct js_response *r)
{
    struct span body = r->request.response.body;
    if (JS_IsUndefined(r->json)) {
        JSValue value = JS_ParseJSON(ctx, body.ptr, body.len, "<response body>");
        if (JS_IsException(value))
            return response_json_error(ctx, body);
        r->json = value;
    }
    return JS_DupValue(ctx, r->json);
}

static JSValue selected_json(JSContext *ctx, struct js_response *r, JSValueConst selector)
{
    struct span path = js_to_span(ctx, selector);
    if (!path.ptr)
        return JS_EXCEPTION;
    const char *what = gjson_unsupported(path);
    if (what) {
        js_throw(ctx, "json(\"%.*s\"): %s is not supported; call json() and use JavaScript",
                 SPAN_ARG(path), what);
        JS_FreeCString(ctx, path.ptr);
        return JS_EXCEPTION;
    }
    AUTO(strbuf_done) struct strbuf found = STRBUF_INIT(r->request.response.body.len * 2 + 64);
    bool any = gjson_get(r->request.response.body, path, &found);
    JS_FreeCString(ctx, path.ptr);
    if (!any)
        return JS_UNDEFINED;
    return JS_ParseJSON(ctx, strbuf_cstr(&found), found.len, "<response body>");
}

/* json(selector) */
static JSValue json(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    struct js_response *r = JS_GetOpaque2(ctx, self, CLASS_RESPONSE);
    if (!r)
        return JS_EXCEPTION;
    if (!r->request.response.body.ptr)
        return js_throw(ctx, "the body is null so we can't transform it to JSON - this likely was "
                             "because of a request error getting the response");
    if (argc == 0 || js_nullish(argv[0]))
        return whole_json(ctx, r);
    return selected_json(ctx, r, argv[0]);
}

static JSValue unsupported(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv,
                           int which)
{
    static const char *const NAMES[] = {"html", "submitForm", "clickLink"};
    return js_throw(ctx,
                    "Response.%s() is not supported yet: read the body with a regular expression, "
                    "or request the target's URL",
                    NAMES[which]);
}

static const JSCFunctionListEntry METHODS[] = {
    JS_CFUNC_DEF("json", 1, json),
    JS_CFUNC_MAGIC_DEF("html", 1, unsupported, 0),
    JS_CFUNC_MAGIC_DEF("submitForm", 1, unsupported, 1),
    JS_CFUNC_MAGIC_DEF("clickLink", 1, unsupported, 2),
};

void response_register(struct js *js)
{
    JS_NewClass(js->rt, CLASS_RESPONSE, &response_class);
    JSValue proto = JS_NewObject(js->ctx);
    JS_SetPropertyFunctionList(js->ctx, proto, METHODS, COUNT_OF(METHODS));
    JS_SetClassProto(js->ctx, CLASS_RESPONSE, proto);
}

JSValue response_wrap(struct js *js, struct js_response *response)
{
    JSValue obj = JS_NewObjectClass(js->ctx, CLASS_RESPONSE);
    if (JS_IsException(obj))
        response_free(js->rt, response);
    else
        JS_SetOpaque(obj, response);
    return obj;
}
