/* SPDX-License-Identifier: Apache-2.0
 *
 * Greenlets that wait. A greenlet's stack is copied away while another one runs, so whatever the
 * engine holds about a waiting one is on the heap, and nobody is switched to from inside of the
 * engine: ready greenlets are listed, and run when the loop's turn is over.
 */
#include "base/mem.h"
#include "load/embedded.h"
#include "script/locust/engine.h"

static int switch_to_hub(struct engine *engine)
{
    if (!engine->hub_switch) {
        PyErr_SetString(PyExc_RuntimeError, "the engine was closed while this greenlet waited: end "
                                            "the users before the process ends");
        return -1;
    }
    PyObject *hub_switch = Py_NewRef(engine->hub_switch); /* the engine may be closed meanwhile */
    PyObject *result = PyObject_CallNoArgs(hub_switch);
    Py_DECREF(hub_switch);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

int waiter_wait(struct engine *engine, struct waiter *waiter)
{
    waiter->greenlet = PyObject_CallNoArgs(engine->getcurrent);
    int result = waiter->greenlet ? 0 : -1;
    if (result == 0 && waiter->greenlet == engine->hub) {
        PyErr_SetString(PyExc_RuntimeError, "the hub itself cannot wait: call this in a greenlet, "
                                            "for example through gevent.spawn()");
        result = -1;
    }
    while (result == 0 && !waiter->done)
        result = switch_to_hub(engine);
    list_remove(&waiter->link);
    Py_CLEAR(waiter->greenlet);
    return result;
}

void waiter_wake(struct engine *engine, struct waiter *waiter)
{
    if (waiter->greenlet && !list_linked(&waiter->link))
        list_push_back(&engine->ready, &waiter->link);
}

static size_t ready_count(const struct engine *engine)
{
    size_t count = 0;
    LIST_FOREACH (link, &engine->ready)
        count++;
    return count;
}

/* Those that get ready meanwhile wait for the next turn: a user that never sleeps must not keep
 * the sockets from being read. */
void waiter_run_ready(struct engine *engine)
{
    struct list *link;
    for (size_t left = ready_count(engine); left > 0 && (link = list_pop_front(&engine->ready));
         left--) {
        struct waiter *waiter = CONTAINER_OF(link, struct waiter, link);
        PyObject *greenlet = waiter->greenlet;
        waiter->done = true;
        engine->resumed = true;
        Py_INCREF(greenlet);
        PyObject *result = PyObject_CallMethodObjArgs(greenlet, engine->switch_name, NULL);
        engine->resumed = false;
        if (!result)
            PyErr_WriteUnraisable(greenlet);
        Py_XDECREF(result);
        Py_DECREF(greenlet);
    }
}

struct nap {
    struct waiter waiter;
    struct timer timer;
    struct list link; /* in engine->naps, as long as the engine is open */
    struct engine *engine;
};

static void on_timer(struct timer *timer)
{
    struct nap *nap = CONTAINER_OF(timer, struct nap, timer);
    waiter_wake(nap->engine, &nap->waiter);
}

static void end_nap(struct nap *nap)
{
    list_remove(&nap->link);
    timer_done(&nap->timer);
}

void waiter_end_naps(struct engine *engine)
{
    while (!list_empty(&engine->naps))
        end_nap(CONTAINER_OF(list_first(&engine->naps), struct nap, link));
}

PyObject *waiter_sleep(struct engine *engine, double seconds)
{
    /* Others have run since this greenlet's last pause: that is all that sleep(0) asks for. */
    if (seconds <= 0 && engine->resumed) {
        engine->resumed = false;
        Py_RETURN_NONE;
    }
    struct loop *loop = embedded_loop(engine->worker);
    struct nap *nap = NEW(struct nap);
    nap->engine = engine;
    timer_init(&nap->timer, loop, "sleep", on_timer);
    list_push_back(&engine->naps, &nap->link);
    if (seconds > 0) {
        nsec_t now_ns = clock_now(clock_monotonic());
        timer_set(&nap->timer, seconds < 1e9 ? now_ns + (nsec_t)(seconds * 1e9) : NSEC_NEVER - 1);
    } else {
        list_push_back(&engine->ready, &nap->waiter.link);
    }
    int result = waiter_wait(engine, &nap->waiter);
    if (list_linked(&nap->link))
        end_nap(nap);
    mem_free(&nap);
    if (result < 0)
        return NULL;
    Py_RETURN_NONE;
}
