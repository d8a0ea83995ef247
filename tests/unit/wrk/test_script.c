/* SPDX-License-Identifier: Apache-2.0
 *
 * Every function of wrk's API. The scripts judge for themselves, with assert(); what fails must
 * come back as a sentence with its line.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"
#include "rig.h"
#include "support/test.h"

#define THREADS_GLOBAL "threads = {} function setup(t) threads[#threads + 1] = t end\n"

static const struct {
    const char *name, *lua;
} GOOD[] = {
    {"nothing", ""},
    {"the table",
     "assert(wrk.scheme == 'http' and wrk.host == '127.0.0.1' and tonumber(wrk.port))\n"
     "assert(wrk.path == '/path?q=1' and wrk.method == 'GET' and wrk.body == nil)\n"
     "assert(wrk.headers['X-Given'] == 'cli' and wrk.thread == nil)\n"
     "assert(wrk.addrs == nil)"},
    {"libraries", "assert(bit.band(7, 2) == 2 and jit.version and debug.traceback and io.write)\n"
                  "assert(os.time() and require('ffi').sizeof('int') == 4)"},
    {"addresses", "function setup(t)\n"
                  "  assert(#wrk.addrs == 1)\n"
                  "  assert(tostring(wrk.addrs[1]) == '127.0.0.1:' .. wrk.port)\n"
                  "  assert(tostring(t.addr) == tostring(wrk.addrs[1]))\n"
                  "end\n"
                  "function init() assert(tostring(wrk.thread.addr):match('^127')) end"},
    {"lookup",
     "local a = wrk.lookup('127.0.0.1', 8080) assert(tostring(a[1]) == '127.0.0.1:8080')\n"
     "assert(tostring(wrk.lookup('::1', '80')[1]) == '::1:80')\n"
     "assert(tostring(wrk.lookup('127.0.0.1', nil)[1]) == '127.0.0.1:0')\n"
     "assert(not pcall(wrk.lookup, '127.0.0.1', 'no-such-service'))"},
    {"connect", "assert(wrk.connect(wrk.lookup('127.0.0.1', wrk.port)[1]) == true)\n"
                "assert(wrk.connect(wrk.lookup('127.0.0.1', 1)[1]) == false)\n"
                "assert(not pcall(wrk.connect, '127.0.0.1'))"},
    {"resolve of its own", "function wrk.resolve(host, service)\n"
                           "  assert(host == '127.0.0.1' and service == wrk.port)\n"
                           "  wrk.addrs = wrk.lookup('127.0.0.1', service)\n"
                           "end"},
    {"setup of its own", "function wrk.setup(t) t:set('mine', true) end\n"
                         "function init() assert(mine) end"},
    {"init of its own", "function wrk.init(args) assert(args[0])\n"
                        "  wrk.request = function() return 'GET /w HTTP/1.1\\r\\n\\r\\n' end\n"
                        "end"},
    {"arguments", "function init(args)\n"
                  "  assert(args[0]:match('^http://') and args[1] == 'one' and args[2] == 'two')\n"
                  "  assert(#args == 2)\n"
                  "end"},
    {"set and get",
     "function setup(t)\n"
     "  t:set('number', 1.5) t:set('flag', true) t:set('none', nil) t:set('text', 'a\\0b')\n"
     "  t:set('deep', {1, 2, {a = {true, {'x'}}}, [1.5] = {}}) t:set(5, 'five')\n"
     "  assert(t:get('number') == 1.5 and t:get('deep')[3].a[2][1] == 'x' and t:get('nix') == "
     "nil)\n"
     "end\n"
     "function init()\n"
     "  assert(number == 1.5 and flag == true and none == nil and #text == 3)\n"
     "  assert(deep[2] == 2 and deep[3].a[2][1] == 'x' and next(deep[1.5]) == nil)\n"
     "  assert(_G['5'] == 'five' and wrk.thread:get('flag'))\n"
     "  wrk.thread:set('own', print) assert(own == print)\n"
     "end"},
    {"what cannot travel",
     "function setup(t)\n"
     "  local ok, why = pcall(t.set, t, 'f', print)\n"
     "  assert(not ok and why:match(\"cannot transfer 'function' to thread\"))\n"
     "  assert(not pcall(t.set, t, 'u', t) and not pcall(t.set, t, 'x', {1, {print}}))\n"
     "  local loop = {} loop.loop = loop\n"
     "  ok, why = pcall(t.set, t, 'loop', loop)\n"
     "  assert(not ok and why:match('nested more than'))\n"
     "  assert(not pcall(t.get, t, 'print') and not pcall(t.get, t, '_G'))\n"
     "  assert(not pcall(function() t.foo = 1 end) and t.foo == nil)\n"
     "  assert(not pcall(function() t.addr = '127.0.0.1' end))\n"
     "end"},
    {"globals with rules of their own",
     "function setup(t)\n"
     "  local ok, why = pcall(t.get, t, 'nix') assert(not ok and why:match('no nix'))\n"
     "  ok, why = pcall(t.set, t, 'nix', {1}) assert(not ok and why:match('not nix'))\n"
     "end\n"
     "setmetatable(_G, {__index = function(_, k)\n"
     "  if k == 'nix' then error('no nix') end end,\n"
     "  __newindex = function(t, k, v)\n"
     "  if k == 'nix' then error('not nix') end rawset(t, k, v) end})"},
    {"threads after the load",
     THREADS_GLOBAL "calls = 0 seen = {}\n"
                    "function request() calls = calls + 1 return wrk.format() end\n"
                    "function response(status) seen[#seen + 1] = status end\n"
                    "function done()\n"
                    "  assert(#threads == 2 and threads[1]:get('calls') == 3)\n"
                    "  assert(threads[2]:get('calls') == 2 and threads[2]:get('seen')[2] == 404)\n"
                    "end"},
    {"response",
     "function response(status, headers, body)\n"
     "  assert(status == 404 and headers['X-tEst'] == 'a' and headers['X-Two'] == '2')\n"
     "  assert(headers['x-test'] == nil and body == 'bo\\0dy')\n"
     "end"},
    {"functions that change", "n = 0\n"
                              "function request() n = n + 1\n"
                              "  if n == 2 then request = function() return second end end\n"
                              "  return 'GET /1 HTTP/1.1\\r\\n\\r\\n'\n"
                              "end\n"
                              "second = 'GET /2 HTTP/1.1\\r\\n\\r\\n'"},
    {"done", "function done(summary, latency, requests)\n"
             "  assert(summary.duration == 1000000 and summary.requests == 4)\n"
             "  assert(summary.bytes == 99 and summary.errors.connect == 1)\n"
             "  assert(summary.errors.read == 2 and summary.errors.write == 3)\n"
             "  assert(summary.errors.status == 4 and summary.errors.timeout == 5)\n"
             "  assert(latency.min == 10 and latency.max == 30 and latency.mean == 20)\n"
             "  assert(latency.stdev == 8.125 and latency:percentile(50) == 100)\n"
             "  assert(latency:percentile('25') == 50 and latency.nix == nil)\n"
             "  assert(#latency == 3 and type(requests) == 'userdata')\n"
             "  local value, count = latency(2) assert(value == 20 and count == 2)\n"
             "  for _, i in ipairs({0, -1, 4}) do\n"
             "    value, count = latency(i) assert(value == 0 and count == 0)\n"
             "  end\n"
             "  assert(not pcall(function() return latency:percentile('x') end))\n"
             "  assert(not pcall(function() latency.min = 1 end))\n"
             "end"},
};

static void test_good(void **state)
{
    for (size_t i = 0; i < COUNT_OF(GOOD); i++) {
        struct rig rig;
        rig_init(&rig, GOOD[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        config.is_strict = true;
        rig_start(&rig, &config);
        if (rig.script && !rig.error.code)
            rig_load(&rig);
        if (rig.error.code)
            fail_msg("%s: line %d: %s", GOOD[i].name, rig.error.line, rig.error.message);
        rig_done(&rig);
    }
}

static const struct {
    const char *name, *lua;
    int line;
    const char *message;
} BAD[] = {
    {"syntax", "x = 1\nfunction (", 2, "'<name>' expected near '('"},
    {"file", "\nerror('boom')", 2, "boom"},
    {"file, no text", "error({})", 1, "(error object is a table value)"},
    {"setup", "function setup()\n error('boom') end", 2, "boom"},
    {"init", "function init() x.y = 1 end", 1, "attempt to index global 'x' (a nil value)"},
    {"request", "function request() error('boom') end", 1, "boom"},
    {"later",
     "n = 0 function request() n = n + 1 if n > 1 then\nerror('late') end "
     "return wrk.format() end",
     2, "late"},
    {"in our part", "function init()\n\n wrk.format(nil, nil, 'x') end", 3, NULL},
    {"response", "function response() error('boom', 0) end", 1, "boom"},
    {"delay", "function delay() error('boom') end", 1, "boom"},
    {"done", "function done()\nerror('boom') end", 2, "boom"},
    {"no wrk", "wrk = nil", 0, NULL},
    {"stack", "local function f() return f() + 1 end function init() f() end", 0, "stack overflow"},
    {"unresolved", "wrk.lookup('127.0.0.1', 'no-such-service')", 0,
     "unable to resolve 127.0.0.1:no-such-service Servname not supported for ai_socktype"},
    {"unresolved in init", "function init() wrk.lookup('127.0.0.1', 'no-such-service') end", 0,
     "unable to resolve 127.0.0.1:no-such-service Servname not supported for ai_socktype"},
    {"empty", "function request() return '' end", 0, "incomplete request at 1:1"},
    {"nil", "function request() end", 0, "incomplete request at 1:1"},
    {"number", "function request() return 5 end", 0, "invalid HTTP method at 1:1"},
    {"no end", "function request() return 'GET / HTTP/1.1\\r\\nHost: x\\r\\n' end", 0,
     "incomplete request at 3:1"},
    {"short body",
     "function request() return 'POST / HTTP/1.1\\r\\nContent-Length: 5\\r\\n\\r\\nabc' end", 0,
     "incomplete request at 4:4"},
    {"body without length", "function request() return 'POST / HTTP/1.1\\r\\n\\r\\nabc' end", 0,
     "invalid HTTP method at 3:1"},
    {"behind the end",
     "function request() return 'GET / HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\nGET / HTTP' end",
     0, "data received after completed connection: close message at 4:1"},
    {"nil later", "n = 0 function request() n = n + 1 if n == 1 then return wrk.format() end end",
     0, "request() must return a request as text; it returned nil"},
};

static void test_bad(void **state)
{
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        struct rig rig;
        rig_init(&rig, BAD[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        config.is_strict = true;
        rig_start(&rig, &config);
        if (rig.script && !rig.error.code)
            rig_load(&rig);
        if (rig.error.line != BAD[i].line || !rig.error.code ||
            (BAD[i].message && strcmp(rig.error.message, BAD[i].message) != 0))
            fail_msg("%s: line %d: %s", BAD[i].name, rig.error.line, rig.error.message);
        if (rig.error.line)
            assert_string_equal(rig.error.file, rig.file);
        rig_done(&rig);
    }
}

static void test_panic(void **state)
{
    char text[200];
    struct error err = {0};
    error_set(&err, EXIT_SCRIPT_EXCEPTION, "boom");
    error_at(&err, "a.lua", 3, 0);
    wrk_error_panic(&err, text, sizeof(text));
    assert_string_equal(text, "PANIC: unprotected error in call to Lua API (a.lua:3: boom)");
}

/* What starting the rig's script says on standard error. */
static void start_and_listen(struct rig *rig, char *ret_text, size_t size)
{
    struct wrk_script_config config = rig_config(rig);
    int saved = dup(STDERR_FILENO), ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    dup2(ends[1], STDERR_FILENO);
    rig_start(rig, &config);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
    ssize_t len = read(ends[0], ret_text, size - 1);
    assert_true(len > 0);
    ret_text[len] = '\0';
    close(ends[0]);
}

/* A file that cannot be loaded is only said, once for each state; what it defined stays. */
static void test_lenient(void **state)
{
    static const struct {
        const char *text, *error, *remark;
        bool is_dynamic;
    } CASES[] = {
        {"function request() return 'GET /kept HTTP/1.1\\r\\n\\r\\n' end error('boom')", "boom",
         "keneyperf: the script ended there; the load is what it had set until then\n", true},
        {"function (", "'<name>' expected near '('",
         "keneyperf: the script is not used; the load is that of a run without -s\n", false},
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct rig rig;
        char text[1000], expected[1000];
        rig_init(&rig, CASES[i].text);
        start_and_listen(&rig, text, sizeof(text));
        int len = 0;
        for (int n = 0; n < 1 + RIG_THREADS; n++)
            len += snprintf(expected + len, sizeof(expected) - (size_t)len, "%s: %s:1: %s\n%s",
                            rig.file, rig.file, CASES[i].error, n == 0 ? CASES[i].remark : "");
        assert_string_equal(text, expected);
        assert_int_equal(rig.error.code, 0);
        assert_int_equal(wrk_script_is_dynamic(rig.script), CASES[i].is_dynamic);
        rig_done(&rig);
    }
}

/* The lines of a message in order of the alphabet: LuaJIT's tables have none. */
static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *sorted(struct span message, char *buf, size_t size)
{
    char copy[1000], *lines[20], *rest = copy;
    size_t count = 0, len = 0;
    assert_true(message.len < sizeof(copy));
    memcpy(copy, message.ptr, message.len);
    copy[message.len] = '\0';
    while (count < COUNT_OF(lines) && (lines[count] = strsep(&rest, "\r\n")))
        count += *lines[count] != '\0';
    qsort(lines + 1, count - 1, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(buf + len, size - len, "%s|", lines[i]);
    return buf;
}

static const struct {
    const char *name, *lua, *message; /* its lines sorted; P stands for the port */
} MESSAGES[] = {
    {"usual", "", "GET /path?q=1 HTTP/1.1|Host: 127.0.0.1:P|X-Given: cli|"},
    {"fields", "wrk.method = 'PUT' wrk.path = '/x' wrk.body = 'abc' wrk.headers['A'] = 1",
     "PUT /x HTTP/1.1|A: 1|Content-Length: 3|Host: 127.0.0.1:P|X-Given: cli|abc|"},
    {"empty body", "wrk.body = ''",
     "GET /path?q=1 HTTP/1.1|Content-Length: 0|Host: 127.0.0.1:P|X-Given: cli|"},
    {"script over command line", "wrk.headers['X-Given'] = 'script'",
     "GET /path?q=1 HTTP/1.1|Host: 127.0.0.1:P|X-Given: script|"},
    {"other headers", "wrk.headers = {Host = 'h'}", "GET /path?q=1 HTTP/1.1|Host: h|"},
    {"Host in another case", "wrk.headers = {host = 'h'}",
     "GET /path?q=1 HTTP/1.1|Host: 127.0.0.1:P|host: h|"},
    {"no port", "wrk.headers = {} wrk.port = nil wrk.host = 'h'",
     "GET /path?q=1 HTTP/1.1|Host: h|"},
    {"IPv6", "wrk.headers = {} wrk.port = '81' wrk.host = '::1'",
     "GET /path?q=1 HTTP/1.1|Host: [::1]:81|"},
    {"late", "function init() wrk.path = '/late' end",
     "GET /late HTTP/1.1|Host: 127.0.0.1:P|X-Given: cli|"},
    {"format",
     "function init() m = wrk.format('POST', '/f', {A = true}, 8) end\n"
     "function request() return m end",
     "POST /f HTTP/1.1|8|A: true|Content-Length: 1|Host: 127.0.0.1:P|"},
    {"the table stays",
     "function init() h = {A = '1', ['Content-Length'] = 9}\n"
     "  wrk.format(nil, nil, h, 'xyz') assert(h['Content-Length'] == 3)\n"
     "  wrk.format(nil, nil, h) assert(h['Content-Length'] == nil and h.Host)\n"
     "end wrk.headers = {Host = 'h'}",
     "GET /path?q=1 HTTP/1.1|Host: h|"},
};

static void test_messages(void **state)
{
    for (size_t i = 0; i < COUNT_OF(MESSAGES); i++) {
        struct rig rig;
        struct span message;
        char expected[1000], got[1000], *place;
        rig_init(&rig, MESSAGES[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        rig_start(&rig, &config);
        if (rig.error.code)
            fail_msg("%s: %s", MESSAGES[i].name, rig.error.message);
        assert_int_equal(wrk_thread_request(wrk_script_thread(rig.script, 1), 0, &message), 0);
        snprintf(expected, sizeof(expected), "%s", MESSAGES[i].message);
        if ((place = strstr(expected, ":P|")))
            snprintf(place, sizeof(expected) - (size_t)(place - expected), ":%s%s", rig.port,
                     MESSAGES[i].message + (place - expected) + 2);
        assert_string_equal(sorted(message, got, sizeof(got)), expected);
        rig_done(&rig);
    }
}

static const struct {
    const char *name, *lua;
    bool is_dynamic, wants_response, wants_delay;
    unsigned pipelined;
} KINDS[] = {
    {"static", "", false, false, false, 1},
    {"all",
     "function request() return wrk.format() end function response() end\n"
     "function delay() end",
     true, true, true, 1},
    {"no functions", "request, response, delay = 1, 2, 3", false, false, false, 1},
    {"made in init", "function init() function request() return wrk.format() end end", true, false,
     false, 1},
    {"pipelined",
     "function request() return wrk.format() .. wrk.format('PUT', nil, nil, 'x') .. "
     "wrk.format() end",
     true, false, false, 3},
    {"empty lines between", "function request() return wrk.format() .. '\\r\\n\\r\\n' end", true,
     false, false, 1},
    {"half of one more", "function request() return wrk.format() .. 'GET /' end", true, false,
     false, 1},
};

static void test_kinds(void **state)
{
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        struct rig rig;
        rig_init(&rig, KINDS[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        rig_start(&rig, &config);
        if (rig.error.code)
            fail_msg("%s: %s", KINDS[i].name, rig.error.message);
        assert_int_equal(wrk_script_is_dynamic(rig.script), KINDS[i].is_dynamic);
        assert_int_equal(wrk_script_wants_response(rig.script), KINDS[i].wants_response);
        assert_int_equal(wrk_script_wants_delay(rig.script), KINDS[i].wants_delay);
        assert_int_equal(wrk_script_pipelined(rig.script), KINDS[i].pipelined);
        bool has_message = wrk_thread_message(wrk_script_thread(rig.script, 1)).len > 0;
        assert_int_equal(has_message, !KINDS[i].is_dynamic);
        rig_done(&rig);
    }
}

static const struct {
    const char *lua;
    nsec_t delay_ns;
} DELAYS[] = {
    {"", 0},
    {"function delay() return 250 end", 250 * NSEC_PER_MSEC},
    {"function delay() return 100.9 end", 100 * NSEC_PER_MSEC},
    {"function delay() return '20' end", 20 * NSEC_PER_MSEC},
    {"function delay() return -5 end", 0},
    {"function delay() return 0 / 0 end", 0},
    {"function delay() return 1 / 0 end", 1000000 * NSEC_PER_SEC},
    {"function delay() end", 0},
};

static void test_delays(void **state)
{
    for (size_t i = 0; i < COUNT_OF(DELAYS); i++) {
        struct rig rig;
        nsec_t delay_ns = -1;
        rig_init(&rig, DELAYS[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        rig_start(&rig, &config);
        assert_int_equal(wrk_thread_delay(wrk_script_thread(rig.script, 0), &delay_ns), 0);
        assert_int_equal(delay_ns, DELAYS[i].delay_ns);
        rig_done(&rig);
    }
}

static void test_stop(void **state)
{
    struct rig rig;
    struct span message;
    rig_init(&rig, "n = 0 function setup(t) t:stop() end function init() wrk.thread:stop() end\n"
                   "function request() n = n + 1 if n == 2 then wrk.thread:stop() end\n"
                   "  return wrk.format() end");
    struct wrk_script_config config = rig_config(&rig);
    rig_start(&rig, &config);
    struct wrk_thread *first = wrk_script_thread(rig.script, 0);
    struct wrk_thread *second = wrk_script_thread(rig.script, 1);
    assert_false(wrk_thread_is_stopped(first));
    assert_int_equal(wrk_thread_request(first, 0, &message), 0);
    assert_true(wrk_thread_is_stopped(first));
    assert_false(wrk_thread_is_stopped(second));
    rig_done(&rig);
}

/* A connection's message lives until its next, whatever the others ask for. */
static void test_slots(void **state)
{
    struct rig rig;
    struct span messages[50];
    char expected[64];
    rig_init(&rig, "n = 0 function request() n = n + 1 collectgarbage()\n"
                   "  return 'GET /' .. n .. ' HTTP/1.1\\r\\n\\r\\n' end");
    struct wrk_script_config config = rig_config(&rig);
    rig_start(&rig, &config);
    struct wrk_thread *thread = wrk_script_thread(rig.script, 1);
    for (unsigned i = 0; i < COUNT_OF(messages); i++)
        assert_int_equal(wrk_thread_request(thread, i, &messages[i]), 0);
    for (unsigned i = 0; i < COUNT_OF(messages); i++) {
        snprintf(expected, sizeof(expected), "GET /%u HTTP/1.1\r\n\r\n", i + 1);
        assert_true(span_equal(messages[i], span_cstr(expected)));
    }
    rig_done(&rig);
}

static void test_addresses(void **state)
{
    struct rig rig;
    char expected[64];
    rig_init(&rig, "n = 0 function setup(t) n = n + 1\n"
                   "  if n == 2 then t.addr = wrk.lookup('::1', 81)[1] end end");
    struct wrk_script_config config = rig_config(&rig);
    rig_start(&rig, &config);
    snprintf(expected, sizeof(expected), "127.0.0.1:%s", rig.port);
    assert_string_equal(wrk_thread_address(wrk_script_thread(rig.script, 0)), expected);
    assert_string_equal(wrk_thread_address(wrk_script_thread(rig.script, 1)), "[::1]:81");
    rig_done(&rig);
}

/* KENEYPERF_HOSTS: names that only this test knows. */
static void test_hosts(void **state)
{
    struct rig rig;
    struct map hosts = MAP_INIT;
    char target[64], expected[64];
    rig_init(&rig, "function setup(t) local other = wrk.lookup('PLAIN.example', 'https')[1]\n"
                   "  assert(tostring(other) == '127.0.0.9:443') end");
    snprintf(target, sizeof(target), "127.0.0.1:%s", rig.port);
    map_put(&hosts, SPAN("api.example:80"))->value = target;
    map_put(&hosts, SPAN("plain.example"))->value = (char *)"127.0.0.9";
    struct wrk_script_config config = rig_config(&rig);
    config.hosts = &hosts;
    config.host = SPAN("api.example");
    config.port = SPAN_EMPTY;
    rig_start(&rig, &config);
    if (rig.error.code)
        fail_msg("%s", rig.error.message);
    snprintf(expected, sizeof(expected), "127.0.0.1:%s", rig.port);
    assert_string_equal(wrk_thread_address(wrk_script_thread(rig.script, 1)), expected);
    rig_done(&rig);
    map_done(&hosts);
}

static const struct {
    const char *lua, *host, *port, *message;
} UNREACHABLE[] = {
    {"", "127.0.0.1", "1", "unable to connect to 127.0.0.1:1 Connection refused"},
    {"", "127.0.0.1", "no-such",
     "unable to resolve 127.0.0.1:no-such Servname not supported for "
     "ai_socktype"},
    {"function wrk.resolve() end", "h", NULL, "unable to connect to h:http Success"},
    {"function wrk.resolve() wrk.addrs = {} end", "h", "5", "unable to connect to h:5 Success"},
};

static void test_unreachable(void **state)
{
    for (size_t i = 0; i < COUNT_OF(UNREACHABLE); i++) {
        struct rig rig;
        rig_init(&rig, UNREACHABLE[i].lua);
        struct wrk_script_config config = rig_config(&rig);
        config.host = span_cstr(UNREACHABLE[i].host);
        config.port = span_cstr(UNREACHABLE[i].port);
        rig_start(&rig, &config);
        assert_null(rig.script);
        assert_string_equal(rig.error.message, UNREACHABLE[i].message);
        rig_done(&rig);
    }
}

static void test_without_script(void **state)
{
    struct rig rig;
    struct span message;
    char got[1000];
    rig_init(&rig, "");
    struct wrk_script_config config = rig_config(&rig);
    config.file = NULL;
    config.header_count = 0;
    config.host = SPAN("localhost");
    config.hosts = NULL;
    rig_start(&rig, &config);
    assert_int_equal(rig.error.code, 0);
    message = wrk_thread_message(wrk_script_thread(rig.script, 0));
    sorted(message, got, sizeof(got));
    assert_true(strncmp(got, "GET /path?q=1 HTTP/1.1|Host: localhost:", 39) == 0);
    rig_done(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),           cmocka_unit_test(test_bad),
        cmocka_unit_test(test_panic),          cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_messages),       cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_delays),         cmocka_unit_test(test_stop),
        cmocka_unit_test(test_slots),          cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_hosts),          cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_without_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
