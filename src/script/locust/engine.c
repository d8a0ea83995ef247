/* SPDX-License-Identifier: Apache-2.0
 *
 * The module: the process' worker, and the two descriptors by which gevent's hub turns it.
 */
#include "script/locust/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"
#include "load/embedded.h"
#include "load/plan.h"
#include "metrics/registry.h"
#include "script/locust/entry.h"
#include "script/locust/snapshot_pipe.h"

enum {
    ARENA_CHUNK_BYTES = 4096,
    ROUNDS_MAX = 4, /* before the hub looks at what else there is */
};

/* What timer_fd is set to so that it is readable at once and stays so. */
#define ARMED_NOW ((nsec_t)1)

struct engine *engine_of_module(PyObject *module)
{
    return PyModule_GetState(module);
}

struct engine *engine_of_type(PyTypeObject *type)
{
    return PyType_GetModuleState(type);
}

static const char *why_not(const struct engine *engine)
{
    if (engine->forked)
        return "KeneyPerf's client was called in a forked process: start a program of its own with "
               "subprocess, or make the requests in the process that runs the users";
    return engine->worker
               ? "KeneyPerf's client was called on another thread than the one that runs "
                 "the users: use gevent.spawn() instead of a thread"
               : "the engine is not open";
}

struct engine *engine_check(struct engine *engine)
{
    if (engine->worker && !engine->forked && engine->thread == PyThread_get_thread_ident())
        return engine;
    PyErr_SetString(PyExc_RuntimeError, why_not(engine));
    return NULL;
}

int engine_text(PyObject *object, const char *what, struct span *ret_text)
{
    Py_ssize_t len;
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "%s has to be a str, not %R", what, Py_TYPE(object));
        return -1;
    }
    const char *text = PyUnicode_AsUTF8AndSize(object, &len);
    if (!text)
        return -1;
    *ret_text = span_of(text, (size_t)len);
    return 0;
}

PyObject *engine_label(PyObject *object, const char *what, struct span *ret_text)
{
    if (engine_text(object, what, ret_text) == 0)
        return Py_NewRef(object);
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        return NULL;
    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(object, "utf-8", "backslashreplace");
    if (bytes)
        *ret_text = span_of(PyBytes_AsString(bytes), (size_t)PyBytes_Size(bytes));
    return bytes;
}

PyObject *engine_latin1(struct span bytes)
{
    return PyUnicode_DecodeLatin1(bytes.ptr ? bytes.ptr : "", (Py_ssize_t)bytes.len, NULL);
}

/* Settings */

/* 1, 0 when absent, -1 and an exception. */
static int setting_text(PyObject *settings, const char *name, struct span *ret_text)
{
    PyObject *value = PyDict_GetItemString(settings, name);
    if (!value || value == Py_None)
        return 0;
    return engine_text(value, name, ret_text) < 0 ? -1 : 1;
}

static int setting_int(PyObject *settings, const char *name, int fallback)
{
    PyObject *value = PyDict_GetItemString(settings, name);
    return value && value != Py_None ? (int)PyLong_AsLong(value) : fallback;
}

static int read_hosts(struct engine *engine, PyObject *settings)
{
    PyObject *hosts = PyDict_GetItemString(settings, "hosts"), *name, *address;
    Py_ssize_t at = 0;
    while (hosts && PyDict_Next(hosts, &at, &name, &address)) {
        struct span name_text, address_text;
        if (engine_text(name, "a name in hosts", &name_text) < 0 ||
            engine_text(address, "an address in hosts", &address_text) < 0)
            return -1;
        map_put(&engine->hosts, name_text)->value = arena_dup(&engine->arena, address_text);
    }
    return 0;
}

static int fail(const struct error *err)
{
    PyErr_SetString(PyExc_ValueError, err->message);
    return -1;
}

static int read_selectors(struct engine *engine, PyObject *settings)
{
    PyObject *selectors = PyDict_GetItemString(settings, "selectors");
    Py_ssize_t count = selectors ? PyList_Size(selectors) : 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        struct error err;
        struct span text;
        if (engine_text(PyList_GetItem(selectors, i), "a selector", &text) < 0)
            return -1;
        if (!registry_add_selector(engine->registry, text, &err))
            return fail(&err);
    }
    return count < 0 ? -1 : 0;
}

static int make_plan(struct engine *engine, PyObject *settings)
{
    struct span ca_file;
    engine->plan = plan_new();
    engine->plan->max_redirects = 0;
    struct client_config *client = &engine->plan->client;
    client->user_agent = NULL;
    client->dns_select = DNS_FIRST;
    client->try_all_addresses = true;
    client->hosts = &engine->hosts;
    client->insecure_skip_tls_verify = setting_int(settings, "insecure", 0);
    int has_ca = setting_text(settings, "ca_file", &ca_file);
    if (has_ca > 0)
        client->ca_file = arena_dup(&engine->arena, ca_file);
    return has_ca < 0 || read_hosts(engine, settings) < 0 ? -1 : 0;
}

static void on_snapshot(void *arg, const struct snapshot *snapshot)
{
    struct engine *engine = arg;
    if (engine->pipe)
        snapshot_pipe_write(engine->pipe, snapshot);
}

static int make_worker(struct engine *engine, PyObject *settings)
{
    struct error err;
    struct embedded_config config = {
        .plan = engine->plan,
        .registry = engine->registry,
        .log = &engine->log,
        .index = (unsigned)setting_int(settings, "worker", 0),
        .count = (unsigned)setting_int(settings, "workers", 1),
        .clock = clock_monotonic(),
        .on_snapshot = on_snapshot,
        .arg = engine,
    };
    if (PyErr_Occurred())
        return -1;
    engine->worker = embedded_new(&config, &err);
    return engine->worker ? 0 : fail(&err);
}

static int make_pipe(struct engine *engine, PyObject *settings)
{
    int fd = setting_int(settings, "snapshot_fd", -1);
    if (fd < 0)
        return PyErr_Occurred() ? -1 : 0;
    engine->pipe = snapshot_pipe_new(fd, engine->registry);
    return 0;
}

static int make_timer(struct engine *engine)
{
    engine->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    engine->armed_ns = 0;
    if (engine->timer_fd >= 0)
        return 0;
    PyErr_SetFromErrno(PyExc_OSError);
    return -1;
}

static void free_users(struct engine *engine)
{
    MAP_FOREACH (entry, &engine->users_by_name) {
        struct vu *vu = entry->value;
        embedded_user_free(&vu);
    }
    map_done(&engine->users_by_name);
}

static void tear_down(struct engine *engine)
{
    waiter_end_naps(engine);
    session_end_all(engine);
    while (list_pop_front(&engine->ready))
        ; /* the next open() begins this list anew */
    free_users(engine);
    embedded_free(&engine->worker);
    snapshot_pipe_free(&engine->pipe);
    if (engine->timer_fd >= 0)
        close(engine->timer_fd);
    engine->timer_fd = -1;
    plan_free(&engine->plan);
    registry_free(&engine->registry);
    engine->generation++;
    map_done(&engine->hosts);
    arena_done(&engine->arena);
    Py_CLEAR(engine->hub_switch);
    Py_CLEAR(engine->hub);
    Py_CLEAR(engine->getcurrent);
}

static int build(struct engine *engine, PyObject *settings)
{
    engine->thread = PyThread_get_thread_ident();
    engine->busy_since_ns = clock_now(clock_monotonic());
    engine->lag_ns = 0;
    list_init(&engine->ready);
    list_init(&engine->naps);
    list_init(&engine->sessions);
    arena_init(&engine->arena, ARENA_CHUNK_BYTES);
    log_init(&engine->log, STDERR_FILENO);
    engine->registry = registry_new();
    locust_metrics_declare(engine->registry, &engine->metrics);
    return read_selectors(engine, settings) < 0 || make_plan(engine, settings) < 0 ||
                   make_pipe(engine, settings) < 0 || make_timer(engine) < 0
               ? -1
               : make_worker(engine, settings);
}

static PyObject *open_engine(PyObject *module, PyObject *args)
{
    struct engine *engine = engine_of_module(module);
    PyObject *hub_switch, *getcurrent, *settings;
    if (!PyArg_ParseTuple(args, "OOO!", &hub_switch, &getcurrent, &PyDict_Type, &settings))
        return NULL;
    if (engine->worker) {
        PyErr_SetString(PyExc_RuntimeError,
                        engine->forked ? why_not(engine) : "the engine is open already");
        return NULL;
    }
    engine->hub = PyObject_GetAttrString(hub_switch, "__self__");
    if (!engine->hub)
        return NULL;
    Py_INCREF(engine->hub_switch = hub_switch);
    Py_INCREF(engine->getcurrent = getcurrent);
    if (build(engine, settings) < 0) {
        tear_down(engine);
        return NULL;
    }
    return Py_BuildValue("ii", embedded_fd(engine->worker), engine->timer_fd);
}

static PyObject *close_engine(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    if (engine->worker && !engine->forked)
        tear_down(engine);
    Py_RETURN_NONE;
}

/* A duplicate of the parent's epoll would be the parent's own set of descriptors: what objects that
 * die here take out of it would be gone there. */
static PyObject *forget(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    if (!engine->worker || engine->forked)
        Py_RETURN_NONE;
    engine->forked = true;
    engine->busy_since_ns = 0;
    int own = epoll_create1(EPOLL_CLOEXEC);
    if (own < 0 || dup3(own, embedded_fd(engine->worker), O_CLOEXEC) < 0)
        close(embedded_fd(engine->worker));
    if (own >= 0)
        close(own);
    Py_RETURN_NONE;
}

/* Turning */

/* The descriptor stays readable while there is work for the next turn, and a deadline that moved
 * later is corrected only when its old time has passed: most turns cost no system call here. */
static void arm(struct engine *engine, nsec_t now_ns)
{
    nsec_t at_ns = embedded_next_deadline(engine->worker);
    if (at_ns <= now_ns || !list_empty(&engine->ready))
        at_ns = ARMED_NOW;
    nsec_t armed_ns = engine->armed_ns;
    bool waits = armed_ns > now_ns;
    if (at_ns == armed_ns || (waits && at_ns > armed_ns) || (at_ns == NSEC_NEVER && armed_ns == 0))
        return;
    engine->armed_ns = at_ns == NSEC_NEVER ? 0 : at_ns;
    struct itimerspec spec = {.it_value = {.tv_sec = engine->armed_ns / NSEC_PER_SEC,
                                           .tv_nsec = engine->armed_ns % NSEC_PER_SEC}};
    /* Cannot fail: the descriptor is a timer and the time is none that it refuses. */
    (void)timerfd_settime(engine->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static PyObject *turn(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    /* Both descriptors may be ready in one poll of the hub. */
    if (!engine->worker || engine->forked || engine->turned)
        Py_RETURN_NONE;
    engine->turned = true;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        embedded_turn(engine->worker);
        if (list_empty(&engine->ready))
            break;
        waiter_run_ready(engine);
        if (!engine->worker)
            break; /* one of them has closed the engine */
    }
    Py_RETURN_NONE;
}

static PyObject *idle(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    if (!engine->worker || engine->forked)
        Py_RETURN_NONE;
    nsec_t now_ns = clock_now(clock_monotonic());
    if (engine->busy_since_ns) {
        nsec_t lag_ns = now_ns - engine->busy_since_ns;
        engine->lag_ns = MAX_OF(engine->lag_ns, lag_ns);
        embedded_note_lag(engine->worker, lag_ns);
    }
    engine->busy_since_ns = 0;
    arm(engine, now_ns);
    Py_RETURN_NONE;
}

static PyObject *busy(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    engine->busy_since_ns = clock_now(clock_monotonic());
    engine->turned = false;
    Py_RETURN_NONE;
}

static PyObject *busy_since(PyObject *module, PyObject *unused)
{
    return PyFloat_FromDouble((double)engine_of_module(module)->busy_since_ns / 1e9);
}

static PyObject *take_lag(PyObject *module, PyObject *unused)
{
    struct engine *engine = engine_of_module(module);
    double lag_ms = nsec_to_ms(engine->lag_ns);
    engine->lag_ns = 0;
    return PyFloat_FromDouble(lag_ms);
}

static PyObject *sleep_seconds(PyObject *module, PyObject *arg)
{
    struct engine *engine = engine_check(engine_of_module(module));
    double seconds = engine ? PyFloat_AsDouble(arg) : 0;
    if (!engine || (seconds == -1 && PyErr_Occurred()))
        return NULL;
    return waiter_sleep(engine, seconds);
}

/* The module */

#define FAST(function) ((PyCFunction)(void (*)(void))(function))

static PyMethodDef METHODS[] = {
    {"open", open_engine, METH_VARARGS, NULL},
    {"close", close_engine, METH_NOARGS, NULL},
    {"forget", forget, METH_NOARGS, NULL},
    {"turn", turn, METH_NOARGS, NULL},
    {"idle", idle, METH_NOARGS, NULL},
    {"busy", busy, METH_NOARGS, NULL},
    {"busy_since", busy_since, METH_NOARGS, NULL},
    {"take_lag", take_lag, METH_NOARGS, NULL},
    {"sleep", sleep_seconds, METH_O, NULL},
    {"set_users", samples_set_users, METH_O, NULL},
    {"record_iteration", FAST(samples_iteration), METH_FASTCALL, NULL},
    {"record_dropped", FAST(samples_dropped), METH_FASTCALL, NULL},
    {"check", FAST(samples_check), METH_FASTCALL, NULL},
    {"record_custom", FAST(samples_custom), METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill_module(PyObject *module)
{
    struct engine *engine = engine_of_module(module);
    engine->timer_fd = -1;
    engine->switch_name = PyUnicode_InternFromString("switch");
    return !engine->switch_name || answer_add_to(module, engine) < 0 ||
                   session_add_to(module, engine) < 0 || transport_add_to(module, engine) < 0 ||
                   entry_add_to(module) < 0
               ? -1
               : 0;
}

static void free_module(void *module)
{
    struct engine *engine = engine_of_module(module);
    if (!engine)
        return;
    if (engine->worker && !engine->forked)
        tear_down(engine);
    Py_CLEAR(engine->switch_name);
    Py_CLEAR(engine->answer_type);
    Py_CLEAR(engine->session_type);
    Py_CLEAR(engine->transport_type);
}

static PyModuleDef_Slot SLOTS[] = {
    {Py_mod_exec, fill_module},
    {0, NULL},
};

static struct PyModuleDef DEFINITION = {
    PyModuleDef_HEAD_INIT, .m_name = "locust._engine", .m_size = sizeof(struct engine),
    .m_methods = METHODS,  .m_slots = SLOTS,           .m_free = free_module,
};

PyMODINIT_FUNC PyInit__engine(void);

PyMODINIT_FUNC PyInit__engine(void)
{
    return PyModuleDef_Init(&DEFINITION);
}
