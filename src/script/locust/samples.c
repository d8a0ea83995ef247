/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of the module: the samples that do not come from a session.
 */
#include "load/embedded.h"
#include "load/host.h"
#include "metrics/registry.h"
#include "script/locust/engine.h"

/* The user that carries the tag scenario=`name` for samples without a session; the engine's. */
static struct vu *user_of(struct engine *engine, struct span name)
{
    struct vu *vu = map_get(&engine->users_by_name, name);
    if (!vu) {
        vu = embedded_user_new(engine->worker, name);
        map_put(&engine->users_by_name, name)->value = vu;
    }
    return vu;
}

/* The user of the class that is the first of `args`, with a check of their number. */
static struct vu *user_of_args(PyObject *module, PyObject *const *args, Py_ssize_t count,
                               Py_ssize_t wanted)
{
    struct engine *engine = engine_check(engine_of_module(module));
    struct span name;
    if (!engine)
        return NULL;
    if (count != wanted) {
        PyErr_Format(PyExc_TypeError, "%zd arguments instead of %zd", count, wanted);
        return NULL;
    }
    return engine_text(args[0], "the user class", &name) < 0 ? NULL : user_of(engine, name);
}

static nsec_t time_of(PyObject *seconds)
{
    return (nsec_t)(PyFloat_AsDouble(seconds) * 1e9);
}

PyObject *samples_set_users(PyObject *module, PyObject *arg)
{
    struct engine *engine = engine_check(engine_of_module(module));
    long count = engine ? PyLong_AsLong(arg) : -1;
    if (!engine || PyErr_Occurred())
        return NULL;
    embedded_set_users(engine->worker, count);
    Py_RETURN_NONE;
}

PyObject *samples_iteration(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    const struct engine *engine = engine_of_module(module);
    if (engine->worker && !engine->pipe)
        Py_RETURN_NONE; /* nobody reads the series: the most frequent case of the hottest call */
    struct vu *vu = user_of_args(module, args, count, count == 4 ? 4 : 3);
    if (!vu)
        return NULL;
    nsec_t start_ns = time_of(args[1]), end_ns = time_of(args[2]);
    nsec_t intended_ns = count == 4 ? time_of(args[3]) : -1;
    if (PyErr_Occurred())
        return NULL;
    embedded_iteration(vu, start_ns, end_ns, intended_ns);
    Py_RETURN_NONE;
}

PyObject *samples_dropped(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    struct vu *vu = user_of_args(module, args, count, 2);
    double dropped = vu ? PyFloat_AsDouble(args[1]) : 0;
    if (PyErr_Occurred())
        return NULL;
    host_metric_add(vu, METRIC_DROPPED_ITERATIONS, dropped, NULL);
    Py_RETURN_NONE;
}

PyObject *samples_check(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    struct vu *vu = user_of_args(module, args, count, 3);
    struct span name;
    int passed = vu ? PyObject_IsTrue(args[2]) : -1;
    PyObject *label = passed >= 0 ? engine_label(args[1], "the name of a check", &name) : NULL;
    if (!label)
        return NULL;
    host_check(vu, name, passed, NULL);
    Py_DECREF(label);
    Py_RETURN_NONE;
}

/* The tags of a sample that a locustfile measured itself; NULL and an exception. */
static const struct tag_set *custom_tags(struct vu *vu, PyObject *request_type, PyObject *name)
{
    struct tag tags[] = {{.key = SPAN("method")}, {.key = SPAN("name")}};
    const struct tag_set *set = NULL;
    PyObject *type_label = engine_label(request_type, "request_type", &tags[0].value);
    PyObject *name_label = type_label ? engine_label(name, "name", &tags[1].value) : NULL;
    if (name_label)
        set = host_tags_with(vu, tags, COUNT_OF(tags));
    Py_XDECREF(type_label);
    Py_XDECREF(name_label);
    return set;
}

PyObject *samples_custom(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    struct vu *vu = user_of_args(module, args, count, 5);
    double ms = vu ? PyFloat_AsDouble(args[3]) : 0;
    int failed = vu ? PyObject_IsTrue(args[4]) : 0;
    const struct tag_set *set = PyErr_Occurred() ? NULL : custom_tags(vu, args[1], args[2]);
    if (!set)
        return NULL;
    const struct locust_metrics *metrics = &engine_of_module(module)->metrics;
    host_metric_add(vu, metrics->reqs, 1, set);
    host_metric_add(vu, metrics->failed, failed, set);
    host_metric_add(vu, metrics->duration, ms, set);
    Py_RETURN_NONE;
}
